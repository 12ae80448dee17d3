/** A person at the console in a real browser: Chromium with a microphone that speaks a tone and an ear that measures. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type BrowserContext, chromium, type Locator, type Page } from 'playwright-core'
import { find } from './programs.ts'

export class Browser {
  readonly page: Page
  /** What the page complained of: exceptions, refused connections, violated content policies. */
  readonly complaints: string[] = []
  private readonly context: BrowserContext
  private readonly folder: string

  private constructor(context: BrowserContext, page: Page, folder: string) {
    this.context = context
    this.page = page
    this.folder = folder
    page.on('pageerror', error => this.complaints.push(String(error)))
    page.on('console', m => {
      if (m.type() === 'error') this.complaints.push(m.text())
    })
  }

  static async start(toneHz: number): Promise<Browser> {
    const folder = mkdtempSync(join(tmpdir(), 'switchroom-browser-'))
    writeFileSync(join(folder, 'voice.wav'), toneBursts(toneHz))
    const context = await chromium.launchPersistentContext(join(folder, 'profile'), {
      executablePath: find('chromium')!,
      locale: 'en-US',
      viewport: { width: 1200, height: 800 },
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
        '--use-fake-ui-for-media-stream',
        '--use-fake-device-for-media-stream',
        `--use-file-for-fake-audio-capture=${join(folder, 'voice.wav')}`,
      ],
    })
    const page = context.pages()[0] ?? (await context.newPage())
    page.setDefaultTimeout(15_000)
    return new Browser(context, page, folder)
  }

  /** An element by what the console calls it. */
  the(name: string): Locator {
    return this.page.getByTestId(name)
  }

  async see(name: string, attribute: string, value: string): Promise<void> {
    await this.page.locator(`[data-testid="${name}"][data-${attribute}="${value}"]`).first().waitFor()
  }

  /** Share of looks, one each 100 ms from its first sound on, in which this tone is the loudest thing in what the far side sends. */
  async hears(hz: number, looks = 15): Promise<number> {
    return this.page.evaluate<number>(`(${listenFor})(${hz}, ${looks})`)
  }

  /** Where SWITCHROOM_SHOTS names a folder. */
  async shot(name: string): Promise<void> {
    const folder = process.env['SWITCHROOM_SHOTS']
    if (folder) await this.page.screenshot({ path: join(folder, `${name}.png`) })
  }

  async stop(): Promise<void> {
    await this.context.close()
    rmSync(this.folder, { recursive: true, force: true })
  }
}

/** Runs in the page: measures on the stream itself, since a test machine has no loudspeaker. */
const listenFor = `async (hz, looks) => {
  const audio = document.querySelector('[data-testid="remote-audio"]')
  if (!audio) return 0
  const context = new AudioContext({ sampleRate: 48000 })
  await context.resume()
  const meter = new AnalyserNode(context, { fftSize: 4096, smoothingTimeConstant: 0 })
  new MediaStreamAudioSourceNode(context, { mediaStream: audio.srcObject }).connect(meter)
  const bins = new Float32Array(meter.frequencyBinCount)
  const look = async () => {
    await new Promise(done => setTimeout(done, 100))
    meter.getFloatFrequencyData(bins)
    let best = 0
    for (let b = 1; b < bins.length; b++) if (bins[b] > bins[best]) best = b
    return Math.abs((best * 48000) / 4096 - hz) < 25 && bins[best] > -60
  }
  for (let i = 0; i < 50 && !(await look()); i++);
  let right = 0
  for (let i = 0; i < looks; i++) if (await look()) right++
  await context.close()
  return right / looks
}`

/** 16-bit mono WAV, four seconds that loop: a tone that comes and goes like syllables, or noise suppression takes it for a fan. */
function toneBursts(hz: number): Buffer {
  const rate = 48_000
  const samples = 4 * rate
  const wav = Buffer.alloc(44 + 2 * samples)
  wav.write('RIFF', 0)
  wav.writeUInt32LE(36 + 2 * samples, 4)
  wav.write('WAVEfmt ', 8)
  wav.writeUInt32LE(16, 16)
  wav.writeUInt16LE(1, 20)
  wav.writeUInt16LE(1, 22)
  wav.writeUInt32LE(rate, 24)
  wav.writeUInt32LE(2 * rate, 28)
  wav.writeUInt16LE(2, 32)
  wav.writeUInt16LE(16, 34)
  wav.write('data', 36)
  wav.writeUInt32LE(2 * samples, 40)
  for (let i = 0; i < samples; i++) {
    const s = i / rate
    const on = s % 0.5 < 0.35 ? Math.sin((Math.PI * (s % 0.5)) / 0.35) : 0
    wav.writeInt16LE(Math.round(14_000 * on * Math.sin(2 * Math.PI * hz * s)), 44 + 2 * i)
  }
  return wav
}
