#!/usr/bin/env bash
# commit_test.sh SCRIPT: runs cmake/WriteCommit.cmake on a repository of a moment.
set -euo pipefail
script=$1
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
fail() {
  echo "FAILED: $1"
  cat "$folder/commit.cc"
  exit 1
}
write() { cmake -DSOURCE="$1" -DOUT="$folder/commit.cc" -P "$script"; }
says() { grep -qF "\"$1\"" "$folder/commit.cc" || fail "$2"; }
commit() { git -C "$folder/top" -c user.name=t -c user.email=t@t commit -qam "$1"; }

mkdir -p "$folder/top/inner" "$folder/bare"
export GIT_CEILING_DIRECTORIES=$folder
write "$folder/bare"
says unknown "outside git"
git -C "$folder/top" init -q
echo one >"$folder/top/file"
git -C "$folder/top" add file
commit first
write "$folder/top"
says "$(git -C "$folder/top" rev-parse --short=12 HEAD)" "the commit"
touch -d 2000-01-01 "$folder/commit.cc"
write "$folder/top"
[[ $(stat -c %Y "$folder/commit.cc") == $(date -d 2000-01-01 +%s) ]] || fail "written again unchanged"
write "$folder/top/inner"
says unknown "a folder of somebody else's repository"
echo two >"$folder/top/file"
write "$folder/top"
says "$(git -C "$folder/top" rev-parse --short=12 HEAD)-dirty" "changed files"
commit second
write "$folder/top"
says "$(git -C "$folder/top" rev-parse --short=12 HEAD)" "the next commit"
echo "the commit is that of the build"
