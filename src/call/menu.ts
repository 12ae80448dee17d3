/**
 * A caller in a menu: keys are taken while it speaks (the prompts stop at the first), a pause ends an extension, silence ends the menu.
 * What the keys mean is the plan's business: they go there as they were pressed.
 */
import type { Action } from '../plan/decision.ts'
import { goOn } from './perform.ts'
import type { Turn } from './turn.ts'

type Menu = Extract<Action, { do: 'menu' }>

/** So long after a digit the caller may think about the next one, ms. */
const PAUSE_MS = 2_500
/** Longer than any inside number. */
const MOST_KEYS = 16
/** A restarted switch does not know how much of the prompts is left: more than this is not waited for, ms. */
const PROMPTS_LEFT_MS = 20_000

function menuOf(t: Turn): Menu | null {
  return t.state.action?.do === 'menu' ? t.state.action : null
}

/** A digit from `leg`, by whatever way. False when it is not for a menu. */
export function pressed(t: Turn, leg: string, digit: string): boolean {
  const menu = menuOf(t)
  if (menu === null || leg !== t.state.caller) return false
  const before = t.state.menu?.keys ?? ''
  if (before !== '' && digit === '#') {
    answerMenu(t, before)
    return true
  }
  const keys = before + digit
  t.emit({ type: 'menu.pressed', v: 1, leg, keys })
  if (isComplete(menu, keys)) answerMenu(t, keys)
  else t.timer('menu', t.world.nowMs + PAUSE_MS)
  return true
}

/** Whether waiting for a further digit could change anything. */
function isComplete(menu: Menu, keys: string): boolean {
  if (!menu.dialThrough || keys.length >= MOST_KEYS) return true
  const { extensions } = menu
  if (extensions === undefined) return false
  return extensions.first.includes(keys[0]!) ? keys.length >= extensions.longest : true
}

export function menuTimer(t: Turn): void {
  if (menuOf(t) !== null) answerMenu(t, t.state.menu?.keys ?? '')
}

/** Takes the menu up again where a crash left it. */
export function resumeMenu(t: Turn): void {
  const menu = menuOf(t)
  if (menu === null) return
  const { menu: heard } = t.state
  if (heard === null) t.timer('menu', t.world.nowMs + PROMPTS_LEFT_MS + menu.silenceMs)
  else t.timer('menu', Math.max(t.world.nowMs, heard.at + (heard.keys === '' ? menu.silenceMs : PAUSE_MS)))
}

function answerMenu(t: Turn, keys: string): void {
  t.noTimer('menu')
  goOn(t, keys === '' ? { was: 'silence' } : { was: 'keys', keys })
}
