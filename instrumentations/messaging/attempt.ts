// SPDX-License-Identifier: Apache-2.0

/** What a part of ours gives, or undefined where it fails: the library then does what it does without us. */
export function attempt<Result>(ours: () => Result): Result | undefined {
  try {
    return ours()
  } catch {
    return undefined
  }
}
