/** The person at the keyboard asked for something that cannot be: says what, where and what to do; exit code 2. */
export class UsageError extends Error {
  readonly remedy: string
  constructor(message: string, remedy: string) {
    super(message)
    this.remedy = remedy
  }
}
