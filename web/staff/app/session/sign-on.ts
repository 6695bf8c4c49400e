/**
 * シングルサインオン in a window of its own: the page below keeps what was typed. The window comes back to our own address
 * `/sign-on`, whose script brings the answer to the server, tells the page and closes.
 */
import { callOperation } from "../api/call.ts";
import type { OperationAnswer } from "../api/call.ts";
import { ApiProblem } from "../api/problem.ts";

export type SignedOn = OperationAnswer<"answerSignOn">;

/** The address to which the 認証基盤 sends the window back. */
export const SIGN_ON_PATH = "/sign-on";

const CHANNEL = "hagukumi-sign-on";
const PATIENCE = 5 * 60_000;

type Said = { readonly signedOn: SignedOn } | { readonly problem: string };

function problemOf(code: string, detail: string): ApiProblem {
  return new ApiProblem({ status: 0, code, title: "認証基盤で確かめられません", detail });
}

async function hear(signal: AbortSignal): Promise<Said> {
  const channel = new BroadcastChannel(CHANNEL);
  try {
    return await new Promise<Said>((done, fail) => {
      const late = problemOf(
        "signOnLate",
        "5分のうちに認証基盤の確認が終わりませんでした。はじめからやり直すか、パスワードでログインしてください。",
      );
      const timer = setTimeout(() => fail(late), PATIENCE);
      signal.addEventListener("abort", () => {
        clearTimeout(timer);
        fail(problemOf("signOnLeft", "認証基盤の確認をやめました。"));
      });
      channel.addEventListener("message", ({ data }: MessageEvent<Said>) => {
        clearTimeout(timer);
        done(data);
      });
    });
  } finally {
    channel.close();
  }
}

/**
 * Opens the window and waits for the answer. Call it from a press of a button: browsers open no window otherwise.
 *
 * @throws ApiProblem of the operation; `signOnBlocked`, `signOnRefused`, `signOnLate`, `signOnLeft`
 */
export async function signOnInWindow(
  start: "startSignOn" | "startStepUpSignOn",
  signal: AbortSignal,
): Promise<SignedOn> {
  const opened = window.open("about:blank", CHANNEL, "popup,width=560,height=720");
  if (opened === null) {
    throw problemOf(
      "signOnBlocked",
      "認証基盤の窓を開けませんでした。ブラウザーの設定でこのサイトの窓を許すか、パスワードでログインしてください。",
    );
  }
  const answer = hear(signal);
  // Until it is awaited below, a failure of it is nobody's.
  answer.catch(() => {});
  try {
    const { address } = await callOperation(start, {});
    opened.location.href = address;
  } catch (error) {
    opened.close();
    throw error;
  }
  const heard = await answer;
  if ("problem" in heard) throw problemOf("signOnRefused", heard.problem);
  return heard.signedOn;
}

function tell(channel: BroadcastChannel, said: Said): void {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a BroadcastChannel reaches our own origin alone
  channel.postMessage(said);
}

/** In the window that came back: brings the answer to the server and tells the page that waits. @throws ApiProblem */
export async function bringAnswer(search: string): Promise<void> {
  const channel = new BroadcastChannel(CHANNEL);
  try {
    const parameters = Object.fromEntries(new URLSearchParams(search));
    const signedOn = await callOperation("answerSignOn", { body: { parameters } });
    tell(channel, { signedOn });
  } catch (error) {
    if (error instanceof ApiProblem) tell(channel, { problem: error.message });
    throw error;
  } finally {
    channel.close();
  }
}
