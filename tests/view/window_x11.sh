#!/usr/bin/env bash
# window_x11.sh PROBE [PICTURE]: drives PROBE's window on a virtual X server with keys and a click as
# a user would, and looks at the screen. PICTURE keeps the screenshot.
set -euo pipefail

probe=$1
source "$(dirname "$0")/../support/x11.sh"

"$probe" >"$folder/out.txt" 2>"$folder/err.txt" &
program_pid=$!
show "brasa window probe" 100 50

# 50 pixels a unit; the disc in the fourth column, third row from the top, and the yellow one below.
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
wait "$program_pid" || fail "the probe ended with $?"
echo "window shown, resized, keys and click delivered"
