# Sourced by the scripts that drive a window: a virtual X server, a folder, and how to wait and fail.
# Sets folder, picture ($2, or a file in the folder) and DISPLAY; the caller names the process of its
# window program_pid.

for tool in Xvfb xdotool import convert; do
  command -v "$tool" >/dev/null || { echo "$tool is missing: apt-get install xvfb xdotool imagemagick"; exit 1; }
done
folder=$(mktemp -d)
picture=${2:-$folder/screen.png}
cleanup() {
  kill "${program_pid:-}" "${server_pid:-}" 2>/dev/null || true
  rm -rf "$folder"
}
trap cleanup EXIT
fail() {
  echo "FAILED: $1"
  cat "$folder"/*.txt
  exit 1
}
# until_true COMMAND...: waits up to 30 s for it.
until_true() {
  for _ in $(seq 300); do
    "$@" >/dev/null 2>&1 && return
    sleep 0.1
  done
  fail "$* never came true"
}
# show NAME X Y: waits for the window NAME and puts it there, with the keys' focus. Sets window.
show() {
  until_true xdotool search --onlyvisible --name "$1"
  window=$(xdotool search --onlyvisible --name "$1" | tail -1)
  xdotool windowmove "$window" "$2" "$3" windowfocus "$window"
}
# color_at X Y: the screen's colour there, as hexadecimal digits.
color_at() { import -window root "$picture" && convert "$picture" -format "%[hex:p{$1,$2}]" info:; }

Xvfb -displayfd 3 -screen 0 800x600x24 -nolisten tcp 3>"$folder/display" 2>"$folder/server.txt" &
server_pid=$!
until_true test -s "$folder/display"
DISPLAY=:$(<"$folder/display")
export DISPLAY
unset WAYLAND_DISPLAY SDL_VIDEODRIVER
