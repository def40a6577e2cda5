#!/usr/bin/env bash
# From a bare Debian or Ubuntu to a picture of a trained agent: installs what is missing, builds
# Brasa, trains PPO on CartPole-v1, evaluates it, and draws what it learnt. Safe to run twice; works
# offline once the packages are there.
#
#   examples/quickstart.sh               without torch: native networks
#   examples/quickstart.sh --with-torch  also builds the networks on libtorch
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source cmake/packages.sh

groups=(core)
torch=OFF
case "$*" in
  "") ;;
  --with-torch)
    groups+=(torch)
    torch=ON
    ;;
  *)
    echo "usage: examples/quickstart.sh [--with-torch]" >&2
    exit 2
    ;;
esac

install_packages "${groups[@]}"

echo "== building (some minutes the first time)"
mkdir -p build
if ! { cmake --preset release -DBRASA_WITH_TORCH=$torch -DBRASA_BUILD_TESTS=OFF \
  -DBRASA_BUILD_BENCH=OFF -DCMAKE_UNITY_BUILD=ON && cmake --build --preset release; } >build/quickstart.log 2>&1 </dev/null; then
  tail -n 30 build/quickstart.log >&2
  echo "error: the build failed; its whole output is in build/quickstart.log" >&2
  exit 1
fi
brasa=build/release/bin/brasa

# The first free name, so that a second run overwrites nothing.
run=runs/quickstart
for ((n = 2; ; ++n)); do
  [[ -e $run ]] || break
  run=runs/quickstart-$n
done

echo "== training PPO on CartPole-v1"
"$brasa" train ppo CartPole-v1 --seed 1 --record --out "$run"
echo "== evaluating over 100 episodes"
"$brasa" eval "$run" --episodes 100
echo "== drawing"
"$brasa" plot "$run" --out "$run/curve.png"
"$brasa" watch "$run" --gif "$run/agent.gif"

cat <<END

Everything lies in $run:
  run.toml         the settings, seed, version and machine
  metrics.csv      what was measured while training
  result.json      the result with its signature
  trajectories.h5  every step, recorded
  checkpoints/     the agent
  curve.png        the learning curve
  agent.gif        the agent at work
The program: $brasa (try: $brasa --help)
END

if [[ -t 0 && -n ${DISPLAY:-}${WAYLAND_DISPLAY:-} ]]; then
  echo "Two episodes in a window; close it to end sooner."
  "$brasa" watch "$run" --episodes 2
fi
