#!/usr/bin/env bash
# play_x11.sh BRASA [PICTURE]: plays TicTacToe in the window on a virtual X server with clicks and the
# undo key as a person would. PICTURE keeps a screenshot with the legal moves marked.
set -euo pipefail

brasa=$1
source "$(dirname "$0")/../support/x11.sh"

"$brasa" play TicTacToe-v0 --fps 20 >"$folder/out.txt" 2>"$folder/err.txt" &
program_pid=$!
show "Brasa: TicTacToe" 0 0

# The board in the window's 600 x 400 pixels: columns at 198, 300, 401, rows at 302, 201, 100.
# is X Y COLOR: a legal move's dot, x's blue, o's orange, or paper.
is() { [[ $(color_at "$1" "$2") == $3* ]]; }
dot='6?C?A?' blue=0072B2
click() { xdotool mousemove "$1" "$2" click 1; }

until_true is 300 201 $dot
click 300 201
until_true is 300 202 $blue
until_true is 198 302 $dot
xdotool key u
until_true is 300 202 $dot
# x takes the column a, o the foot and the middle of b.
for cell in "198 302" "300 302" "198 201" "300 201" "198 100"; do
  until_true is ${cell} $dot
  click ${cell}
done
# The winning line covers the middle: an arm of the cross.
until_true is 185 88 $blue
xdotool key Escape
wait "$program_pid" || fail "the program ended with $?"
grep -qx "the end after 5 steps: return 1, -1" "$folder/out.txt" || fail "another end"
echo "moves by click, marks, undo and the end"
