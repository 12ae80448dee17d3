/** Classes of calls in order of what they may cost. A single right includes those before it. */
export const CALL_CLASSES = ['internal', 'local', 'national', 'mobile', 'international', 'premium'] as const
export type CallClass = (typeof CALL_CLASSES)[number]
