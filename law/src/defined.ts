/**
 * A value that is there by construction, where the types cannot say so.
 *
 * @throws RangeError where it is not: a defect of this room, never an answer to bad input
 */
export function defined<T>(value: T | undefined): T {
  if (value === undefined) throw new RangeError("あるはずの値がありません。児童手当の計算の不具合です。");
  return value;
}
