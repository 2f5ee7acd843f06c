/** The same thing under the live slice and under the proposed one. */
export interface Sides<T> {
  now: T;
  then: T;
}

export const sides = <T>(now: T, then: T): Sides<T> => ({ now, then });
