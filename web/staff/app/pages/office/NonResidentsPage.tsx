/** 住登外者: searched for before a number is given; looked at item by item; ended or joined; whose agent receives letters. */
import { useState } from "react";
import type { ReactElement } from "react";

import { useCommand, useRead } from "../../api/hooks.ts";
import { useMay } from "../../session/session-context.ts";
import { Button } from "../../ui/Button.tsx";
import { Notice } from "../../ui/Notice.tsx";
import { PageTitle } from "../../ui/Page.tsx";
import { type FieldSpec, FormDialog, type Values } from "./FormDialog.tsx";
import { Candidates, type Looked, number15, type Open, type Searched, SEXES, View } from "./NonResidentView.tsx";

const text = (values: Values, name: string): string => (values[name] ?? "").trim();
const orNull = (values: Values, name: string): string | null => (text(values, name) === "" ? null : text(values, name));

const SOURCES = [
  { value: "application", label: "本人の申請" },
  { value: "otherOffice", label: "ほかの課" },
  { value: "jukiNet", label: "住基ネット（ほかの業務では見られない）" },
];

const PERSON: readonly FieldSpec[] = [
  { name: "name", label: "氏名" },
  { name: "kana", label: "フリガナ" },
  { name: "birthDate", label: "生年月日", kind: "date", optional: true, help: "分からないときは空にします。" },
  { name: "sex", label: "性別", kind: "select", options: SEXES },
  { name: "postalCode", label: "郵便番号", optional: true, help: "7桁の数字" },
  { name: "address", label: "住所" },
  { name: "source", label: "どこから得たか", kind: "select", options: SOURCES },
  { name: "barred", label: "ほかの業務では見られないようにする", kind: "yes" },
  { name: "protected", label: "支援措置の対象", kind: "yes" },
];

function personOf(values: Values) {
  const source = (["application", "otherOffice", "jukiNet"] as const).find((each) => each === values["source"]);
  const sex = ([0, 1, 2, 9] as const).find((each) => String(each) === values["sex"]) ?? 0;
  return {
    name: text(values, "name"),
    kana: text(values, "kana"),
    birthDate: orNull(values, "birthDate"),
    sex,
    postalCode: text(values, "postalCode"),
    address: text(values, "address"),
    source: source ?? "application",
    barred: values["barred"] === "yes" || source === "jukiNet",
    protected: values["protected"] === "yes",
  };
}

export function NonResidentsPage(): ReactElement {
  const may = useMay("addressee.consolidate");
  const [open, setOpen] = useState<Open>();
  const [said, setSaid] = useState<string>();
  const [searched, setSearched] = useState<Searched>();
  const [looked, setLooked] = useState<Looked>();
  const purposes = useRead("listPurposes", {});
  const search = useCommand("searchNonResidents", { stale: [] });
  const openIt = useCommand("openNonResident", { stale: [] });
  const openCase = useCommand("openCase", { stale: [] });
  const look = useCommand("readNonResident", { stale: [] });
  const change = useCommand("changeNonResident", { stale: [] });
  const endJoin = useCommand("endConsolidation", { stale: [] });
  const register = useCommand("registerNonResident", { stale: [] });
  const takeOver = useCommand("takeOverResident", { stale: [] });
  const relate = useCommand("addRelatedAddressee", { stale: [] });
  const endRelated = useCommand("endRelatedAddressee", { stale: [] });
  const end = useCommand("endNonResident", { stale: [] });
  const purposeFields: readonly FieldSpec[] = [
    {
      name: "purpose",
      label: "処理事由",
      kind: "select",
      options: (purposes.data?.purposes ?? []).map(({ code, name }) => ({ value: code, label: name })),
    },
    {
      name: "explanation",
      label: "説明",
      optional: true,
      help: "「その他」などの事由では10文字以上。氏名や住所は書かないでください。",
    },
  ];
  const close = (): void => setOpen(undefined);
  const done = (words: string): true => {
    close();
    setSaid(words);
    return true;
  };
  const show = async (addresseeNumber: string): Promise<boolean> => {
    const view = await look.run({ path: { addresseeNumber } });
    if (view !== undefined) setLooked({ addresseeNumber: addresseeNumber.padStart(15, "0"), view });
    return view !== undefined;
  };
  const current = looked?.addresseeNumber ?? "";
  const path = { addresseeNumber: current };
  return (
    <>
      <PageTitle>住登外者</PageTitle>
      {said === undefined ? null : <Notice kind="success" title={said} live />}
      <p className="mb-3">
        住民でない人の宛名番号は、候補を検索してからでないとつけられません。見えるのは、あなたに権限のある項目だけです。
      </p>
      <p className="flex flex-wrap gap-3">
        {may ? (
          <Button kind="primary" onClick={() => setOpen({ what: "search" })}>
            候補を検索する
          </Button>
        ) : null}
        <Button onClick={() => setOpen({ what: "look" })}>宛名番号で照会する</Button>
        {may ? <Button onClick={() => setOpen({ what: "takeOver" })}>転出した住民を引き継ぐ</Button> : null}
      </p>
      {searched === undefined ? null : (
        <Candidates
          searched={searched}
          onUse={(candidate) =>
            setOpen(candidate === undefined ? { what: "register" } : { what: "register", candidate })
          }
        />
      )}
      {looked === undefined ? null : <View looked={looked} may={may} onOpen={setOpen} />}
      {open?.what === "search" ? (
        <FormDialog
          name="nonResident/search"
          title="住登外者の候補の検索"
          action="検索する"
          fields={[
            { name: "kana", label: "フリガナ", help: "3文字以上。前の氏名も探します。" },
            { name: "birthDate", label: "生年月日", kind: "date", optional: true },
          ]}
          pending={search.pending}
          problem={search.problem}
          onClose={close}
          onSend={async (values) => {
            const [kana, birthDate] = [text(values, "kana"), text(values, "birthDate")];
            const found = await search.run({ body: { kana, birthDate: birthDate === "" ? null : birthDate } });
            if (found === undefined) return false;
            setSearched({ kana, birthDate, found });
            return done(`候補 ${String(found.candidates.length)}人`);
          }}
        />
      ) : null}
      {open?.what === "look" ? (
        <FormDialog
          name="nonResident/look"
          title="宛名番号で照会する"
          action="照会する"
          intro={<p>選んだ事由は、あなたの名前・部署・端末とともにアクセスログに残ります。15分開きます。</p>}
          fields={[{ name: "addresseeNumber", label: "宛名番号" }, ...purposeFields]}
          pending={openIt.pending || look.pending}
          problem={openIt.problem ?? look.problem}
          onClose={close}
          onSend={async (values) => {
            const addresseeNumber = text(values, "addresseeNumber");
            const body = {
              addresseeNumber,
              purpose: text(values, "purpose"),
              explanation: text(values, "explanation"),
            };
            if ((await openIt.run({ body })) === undefined) return false;
            const seen = await show(addresseeNumber);
            if (seen) close();
            return seen;
          }}
        />
      ) : null}
      {open?.what === "register" && searched !== undefined ? (
        <FormDialog
          name={`nonResident/register/${String(searched.found.searchId)}`}
          title={open.candidate === undefined ? "住登外者に番号をつける" : "候補の人として使う"}
          action="登録する"
          fields={[...PERSON, { name: "reason", label: "わけ", kind: "area", help: "5文字以上" }]}
          initial={{ kana: searched.kana, birthDate: searched.birthDate }}
          pending={register.pending}
          problem={register.problem}
          onClose={close}
          onSend={async (values) => {
            const candidate = open.candidate === undefined ? null : String(open.candidate.addresseeNumber);
            const body = {
              searchId: searched.found.searchId,
              candidate,
              person: personOf(values),
              reason: text(values, "reason"),
            };
            const made = await register.run({ body });
            if (made === undefined) return false;
            setSearched(undefined);
            return done(`宛名番号 ${number15(made.addresseeNumber)} です。`);
          }}
        />
      ) : null}
      {open?.what === "takeOver" ? (
        <FormDialog
          name="nonResident/takeOver"
          title="転出した住民を引き継ぐ"
          action="引き継ぐ"
          intro={<p>住民だったときの宛名番号のまま、住登外者にします。</p>}
          fields={[{ name: "addresseeNumber", label: "宛名番号" }, ...purposeFields, ...PERSON]}
          pending={openCase.pending || takeOver.pending}
          problem={openCase.problem ?? takeOver.problem}
          onClose={close}
          onSend={async (values) => {
            const addresseeNumber = text(values, "addresseeNumber");
            const target = { kind: "addressee", number: addresseeNumber } as const;
            const why = { purpose: text(values, "purpose"), explanation: text(values, "explanation") };
            if ((await openCase.run({ body: { target, ...why, origin: "search" } })) === undefined) return false;
            const made = await takeOver.run({ path: { addresseeNumber }, body: { person: personOf(values) } });
            return made === undefined ? false : done("住登外者として引き継ぎました。番号は変わりません。");
          }}
        />
      ) : null}
      {open?.what === "relate" ? (
        <FormDialog
          name={`nonResident/relate/${current}`}
          title="代理人・送付先・成年後見人の登録"
          action="登録する"
          fields={[
            {
              name: "kind",
              label: "種類",
              kind: "select",
              options: [
                { value: "agent", label: "代理人" },
                { value: "mailing", label: "送付先" },
                { value: "guardian", label: "成年後見人" },
              ],
            },
            { name: "otherNumber", label: "その人の宛名番号" },
            { name: "startsOn", label: "いつから", kind: "date" },
            { name: "endsOn", label: "いつまで", kind: "date", optional: true },
            { name: "basis", label: "根拠の書類" },
          ]}
          pending={relate.pending}
          problem={relate.problem}
          onClose={close}
          onSend={async (values) => {
            const kind = (["agent", "mailing", "guardian"] as const).find((each) => each === values["kind"]) ?? "agent";
            const body = {
              kind,
              otherNumber: text(values, "otherNumber"),
              startsOn: text(values, "startsOn"),
              endsOn: orNull(values, "endsOn"),
              basis: text(values, "basis"),
            };
            if ((await relate.run({ path, body })) === undefined) return false;
            await show(current);
            return done("登録しました。");
          }}
        />
      ) : null}
      {open?.what === "endRelated" ? (
        <FormDialog
          name={`nonResident/endRelated/${String(open.relatedId)}`}
          title="代理人などを終える"
          action="終える"
          fields={[{ name: "endsOn", label: "終わりの日", kind: "date" }]}
          pending={endRelated.pending}
          problem={endRelated.problem}
          onClose={close}
          onSend={async (values) => {
            const of = { ...path, relatedId: String(open.relatedId) };
            const body = { endsOn: text(values, "endsOn") };
            if ((await endRelated.run({ path: of, body })) === undefined) return false;
            await show(current);
            return done("終わりの日を記録しました。");
          }}
        />
      ) : null}
      {open?.what === "change" || open?.what === "back" ? (
        <FormDialog
          name={`nonResident/${open.what}/${current}`}
          title={open.what === "change" ? `基本情報を直す（${current}）` : `終わりを取り消す（${current}）`}
          action={open.what === "change" ? "直す" : "取り消す"}
          intro={
            open.what === "change" ? (
              <p>前の内容は履歴に残り、前の氏名でも検索できます。</p>
            ) : (
              <p>住民になった・誤りとして終えた人を、同じ番号のまま住登外者に戻します。いまの内容を入れてください。</p>
            )
          }
          fields={
            open.what === "change"
              ? [...PERSON, { name: "reason", label: "わけ", kind: "area", help: "5文字以上" }]
              : PERSON
          }
          pending={change.pending || takeOver.pending}
          problem={change.problem ?? takeOver.problem}
          onClose={close}
          onSend={async (values) => {
            const person = personOf(values);
            const made =
              open.what === "change"
                ? await change.run({ path, body: { person, reason: text(values, "reason") } })
                : await takeOver.run({ path, body: { person } });
            if (made === undefined) return false;
            await show(current);
            return done(`履歴 ${String(made.historyNo)} として記録しました。番号は変わりません。`);
          }}
        />
      ) : null}
      {open?.what === "part" ? (
        <FormDialog
          name={`nonResident/part/${String(open.consolidationId)}`}
          title={`名寄せ ${String(open.consolidationId)} を解除する`}
          action="解除する"
          fields={[
            { name: "reason", label: "わけ", kind: "area", help: "5文字以上。氏名や住所は書かないでください。" },
          ]}
          pending={endJoin.pending}
          problem={endJoin.problem}
          onClose={close}
          onSend={async (values) => {
            const of = { consolidationId: String(open.consolidationId) };
            if ((await endJoin.run({ path: of, body: { reason: text(values, "reason") } })) === undefined) return false;
            await show(current);
            return done("名寄せを解除しました。二つの番号は、別々の人として扱います。");
          }}
        />
      ) : null}
      {open?.what === "end" ? (
        <FormDialog
          name={`nonResident/end/${current}`}
          title={`住登外者を終える（${current}）`}
          action="終える"
          fields={[
            { name: "endedOn", label: "終わりの日", kind: "date" },
            {
              name: "cause",
              label: "わけ",
              kind: "select",
              options: [
                { value: "becameResident", label: "住民になった" },
                { value: "deleted", label: "誤りの登録だった" },
              ],
            },
            {
              name: "residentNumber",
              label: "住民としての宛名番号",
              optional: true,
              help: "別の番号のとき。名寄せが申し出られ、別の人が承認します。",
            },
          ]}
          pending={end.pending}
          problem={end.problem}
          onClose={close}
          onSend={async (values) => {
            const body = {
              endedOn: text(values, "endedOn"),
              cause: values["cause"] === "deleted" ? ("deleted" as const) : ("becameResident" as const),
              residentNumber: orNull(values, "residentNumber"),
            };
            const ended = await end.run({ path, body });
            if (ended === undefined) return false;
            return done(
              ended.consolidationId === null
                ? "終わりを記録しました。"
                : `終わりを記録し、名寄せ ${String(ended.consolidationId)} を申し出ました。別の人が「番号の確認と名寄せ」で承認します。`,
            );
          }}
        />
      ) : null}
    </>
  );
}
