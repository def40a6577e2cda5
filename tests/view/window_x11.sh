#!/usr/bin/env bash
# window_x11.sh PROBE [PICTURE]: drives PROBE's window on a virtual X server with keys and a click as
# a user would, and looks at the screen. PICTURE keeps the screenshot.
set -euo pipefail

for tool in Xvfb xdotool import convert; do
  command -v "$tool" >/dev/null || { echo "$tool is missing: apt-get install xvfb xdotool imagemagick"; exit 1; }
done
probe=$1
folder=$(mktemp -d)
picture=${2:-$folder/screen.png}
cleanup() {
  kill "${probe_pid:-}" "${server_pid:-}" 2>/dev/null || true
  rm -rf "$folder"
}
trap cleanup EXIT
fail() {
  echo "FAILED: $1"
  cat "$folder"/*.txt
  exit 1
}
# until_true COMMAND...: waits up to 20 s for it.
until_true() {
  for _ in $(seq 200); do
    "$@" >/dev/null 2>&1 && return
    sleep 0.1
  done
  fail "$* never came true"
}

Xvfb -displayfd 3 -screen 0 800x600x24 -nolisten tcp 3>"$folder/display" 2>"$folder/server.txt" &
server_pid=$!
until_true test -s "$folder/display"
DISPLAY=:$(<"$folder/display")
export DISPLAY
unset WAYLAND_DISPLAY SDL_VIDEODRIVER

"$probe" >"$folder/out.txt" 2>"$folder/err.txt" &
probe_pid=$!
until_true xdotool search --onlyvisible --name "brasa window probe"
window=$(xdotool search --onlyvisible --name "brasa window probe" | tail -1)
xdotool windowmove "$window" 100 50 windowfocus "$window"

# 50 pixels a unit; the disc in the fourth column, third row from the top, and the yellow one below.
color_at() { import -window root "$picture" && convert "$picture" -format "%[hex:p{$1,$2}]" info:; }
red_and_yellow() { [[ $(color_at 275 180) == D55E00* && $(color_at 275 230) == F0E442* ]]; }
until_true red_and_yellow

press() {
  xdotool key "$1"
  until_true grep -qx "down $2" "$folder/out.txt"
}
press Left Left
press a a
press space Space
# Pixel (275, 180) of the window at (100, 50): column 3.5, and y = 6.1 - 130 / 50 = 3.5.
xdotool mousemove 275 180 click 1
until_true grep -qx "click 1 at 3.5 3.5" "$folder/out.txt"

xdotool windowsize "$window" 700 500
# Now 500 / 6.8 = 73.5 pixels a unit: the same disc lies at x 350, y 190 of the window.
resized() { [[ $(color_at 450 240) == D55E00* ]]; }
until_true resized

xdotool key q
wait "$probe_pid" || fail "the probe ended with $?"
echo "window shown, resized, keys and click delivered"
