// SPDX-License-Identifier: Apache-2.0

export interface User {
  readonly uid: number
  readonly gid: number
}

/** The `nobody` and `nogroup` of every Debian: https://www.debian.org/doc/debian-policy/ch-opersys.html#uid-and-gid-classes */
const NOBODY: User = { uid: 65534, gid: 65534 }

/** For programs that refuse to run as root; undefined where we are somebody else anyway. */
export function unprivilegedUser(): User | undefined {
  return process.getuid?.() === 0 ? NOBODY : undefined
}
