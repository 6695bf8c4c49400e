/** 【デモ】【訓練】: on every page, in words and colour. */
import type { ReactElement } from "react";

const WORDS = {
  demo: ["デモ", "表示しているのはすべて架空のデータです。実在の人・口座ではありません。"],
  training: ["訓練", "訓練用の環境です。ここでの処理は本番に影響しません。"],
} as const;

export function InstallationMark({ kind }: { readonly kind: "production" | "training" | "demo" }): ReactElement | null {
  if (kind === "production") return null;
  const [word, sentence] = WORDS[kind];
  return (
    <aside
      aria-label="環境"
      className="demo-ground border-b-2 border-black px-4 py-1 text-[0.875rem] text-black lg:px-6"
    >
      <strong className="mr-2 bg-black px-2 py-0.5 text-white">{word}</strong>
      {sentence}
    </aside>
  );
}
