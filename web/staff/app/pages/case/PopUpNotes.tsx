/** 必ず見るメモ (A9): stand above everything else when a person is opened, are read out, and want to be read by each of us. */
import type { ReactElement } from "react";

import type { OperationAnswer } from "../../api/call.ts";
import { useCommand, useRead } from "../../api/hooks.ts";
import { useSession } from "../../session/session-context.ts";
import { Button } from "../../ui/Button.tsx";
import { MomentText } from "../../ui/Dates.tsx";
import { Notice, ProblemNotice } from "../../ui/Notice.tsx";

type Note = OperationAnswer<"readCaseEntries">["entries"][number];

function NoteText({ note }: { readonly note: Note }): ReactElement {
  return (
    <>
      <p className="whitespace-pre-wrap">{String(note.content["body"])}</p>
      <p className="text-[0.8125rem] text-solid-gray-700">
        書いた人 {note.enteredBy} <MomentText at={note.recordedAt} />
        {note.readings.length === 0 ? null : (
          <>
            　読んだ人{" "}
            {note.readings.map(({ by, at }, index) => (
              <span key={by}>
                {index === 0 ? "" : "、"}
                {by} <MomentText at={at} />
              </span>
            ))}
          </>
        )}
      </p>
    </>
  );
}

export function PopUpNotes({
  recipientId,
  today,
}: {
  readonly recipientId: number;
  readonly today: string;
}): ReactElement | null {
  const { session } = useSession();
  const found = useRead("readCaseEntries", {
    path: { recipientId: String(recipientId) },
    query: { validOn: today, knownOn: today },
  });
  const acknowledge = useCommand("acknowledgeNote", { stale: ["readCaseEntries", "readCaseHistory"] });
  const notes = (found.data?.entries ?? []).filter((entry) => entry.kind === "note" && entry.content["popUp"] === true);
  const isRead = ({ readings }: Note): boolean => readings.some(({ by }) => by === session.staffId);
  const unread = notes.filter((note) => !isRead(note));
  const read = notes.filter(isRead);
  if (notes.length === 0) return null;
  return (
    <section aria-label="必ず見るメモ">
      <ProblemNotice problem={acknowledge.problem} />
      {unread.length === 0 ? null : (
        <Notice
          kind="warning"
          title={`この人について、必ず見るメモがあります（まだ読んでいないもの ${String(unread.length)}件）`}
          live
        >
          <ul>
            {unread.map((note) => (
              <li key={note.entryId} className="mb-2">
                <NoteText note={note} />
                <Button
                  size="small"
                  pending={acknowledge.pending}
                  onClick={() =>
                    void acknowledge.run({
                      path: { recipientId: String(recipientId) },
                      body: { entryId: note.entryId, revision: note.revision },
                    })
                  }
                >
                  読みました
                </Button>
              </li>
            ))}
          </ul>
        </Notice>
      )}
      {read.length === 0 ? null : (
        <Notice kind="info" title="必ず見るメモ（読みました）">
          <ul>
            {read.map((note) => (
              <li key={note.entryId} className="mb-1">
                <NoteText note={note} />
              </li>
            ))}
          </ul>
        </Notice>
      )}
    </section>
  );
}
