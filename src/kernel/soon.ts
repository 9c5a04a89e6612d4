/** At hand, or on its way: what is at hand costs no promise and waits for nothing. */
export type Soon<T> = T | Promise<T>

/** Goes on with a value, at once if it is at hand. */
export function next<T, Next>(value: Soon<T>, work: (value: T) => Soon<Next>): Soon<Next> {
  return value instanceof Promise ? value.then(work) : work(value)
}

/** Does the work, or what its error calls for, be that thrown now or later. */
export function rescued<T>(work: () => Soon<T>, rescue: (error: unknown) => Soon<T>): Soon<T> {
  try {
    const value = work()
    return value instanceof Promise ? value.catch(rescue) : value
  } catch (error) {
    return rescue(error)
  }
}
