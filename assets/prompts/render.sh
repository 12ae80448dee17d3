#!/bin/sh
# Renders the spoken prompts and the music on hold again: 8 kHz mono A-law, so that they cost nothing to play.
# Needs espeak-ng and sox. The words are in texts.tsv: name, English, Russian, Kazakh.
set -eu
cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

speak() { # language voice column
  mkdir -p "$1"
  while IFS="$(printf '\t')" read -r name english russian kazakh; do
    case $3 in 2) words=$english ;; 3) words=$russian ;; *) words=$kazakh ;; esac
    espeak-ng -v "$2" -s 145 -g 4 -w "$work/raw.wav" "$words" </dev/null
    sox -R "$work/raw.wav" -r 8000 -c 1 -e a-law "$1/$name.wav" gain -4 highpass 120 silence 1 0.02 0.2% reverse silence 1 0.02 0.2% reverse \
      gain -n -4 pad 0.12 0.15 </dev/null
  done <texts.tsv
}
speak en en-gb 2
speak ru ru 3
speak kk kk 4
# After "leave a message after the tone".
for language in en ru kk; do sox -R -n -r 8000 -c 1 -e a-law $language/beep.wav synth 0.4 sine 1000 gain -15 fade t 0.01 0.4 0.01 pad 0 0.1; done

# Calm music on hold: four plucked chords, each an arpeggio over its bass, played twice; synthesised, so nobody's rights are touched.
chord() { # file bass n1 n2 n3
  sox -R -n -r 16000 "$work/bass.wav" synth 4 sine "$2" fade q 0.3 4 1.5 gain -16
  i=0
  for note in $3 $4 $5 $4 $3 $5 $4 $5; do
    sox -R -n -r 16000 "$work/n$i.wav" synth 2.2 pluck "$note" fade q 0.01 2.2 1.4 gain -13 pad "$(echo "$i * 0.5" | bc)"
    i=$((i + 1))
  done
  sox -R -m "$work/bass.wav" "$work"/n?.wav "$1" trim 0 4 gain 6
}
chord "$work/c1.wav" C3 C4 E4 G4
chord "$work/c2.wav" A2 A3 C4 E4
chord "$work/c3.wav" F2 F3 A3 C4
chord "$work/c4.wav" G2 G3 B3 D4
chord "$work/c5.wav" E2 G3 B3 E4
mkdir -p music
sox -R "$work/c1.wav" "$work/c2.wav" "$work/c3.wav" "$work/c4.wav" "$work/c1.wav" "$work/c5.wav" "$work/c3.wav" "$work/c4.wav" \
  "$work/all.wav" reverb 35
sox -R "$work/all.wav" -r 8000 -c 1 -e a-law music/calm.wav lowpass 3000 gain -n -9
