/** パラメータ: values of the law. */
import type { PageDescriptor } from "../page.ts";

export const parameterPages: readonly PageDescriptor[] = [
  {
    path: "/parameters",
    title: "パラメータ",
    permission: ["parameter.change", "parameter.approve"],
    menu: { group: "administration", order: 50 },
    words: ["パラメータ", "ぱらめーた", "額", "支払期月", "法改正", "parameter"],
    help: [
      "児童手当の額・年齢・数え方・支払期月・所得の表など、法令で決まる値の一覧です。値は計算プログラムが持ち、市は、その一式を二人で承認します。",
      "プログラムを更新して値が変わると、承認するまで決定も支払もできません。違いの一覧と、公表された計算例をその値で計算し直した結果を確かめて登録し、別の人が承認してください。",
      "計算例の答えが一つでも公表と違えば、承認できません。",
    ],
    load: async () => (await import("./ParametersPage.tsx")).ParametersPage,
  },
];
