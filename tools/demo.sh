#!/usr/bin/env bash
# The main job from end to end; `make demo` runs it with .venv on the PATH.
set -euo pipefail
cd "$(dirname "$0")/.."
firms=build/demo/firms.csv
mkdir -p build/demo

bold='' blue='' plain=''
if [ -t 1 ]; then bold=$'\033[1m' blue=$'\033[36m' plain=$'\033[0m'; fi
say() { printf '\n%s== %s%s\n' "$bold" "$1" "$plain"; }
run() { printf '%s$ %s%s\n' "$blue" "$*" "$plain"; "$@"; }

say "1. 公报里有哪些文件（政策从这里来）"
if ! run edict documents; then
  echo "没有公报文本，跳过这一步；下面各步只用政策包和 lock.json，照样可以运行。"
fi

say "2. 每份文件编成了多少：逐条、逐数"
run edict coverage

say "3. 政策包是否与条款一致：条款、数、单位、例子"
run edict check

say "4. 一家企业能享受什么，为什么，差多少，先补充哪一项"
run edict match examples/finance-headquarters.yml --explain --receipt build/demo/receipt.json

say "5. 当时的结果可以复算"
run edict replay build/demo/receipt.json

say "6. 一项政策要花多少钱、惠及谁（合成数据，不是真实企业）"
run python tools/synthetic_firms.py 2000 "$firms"
run edict simulate "$firms" --as-of 2022-08-01 --by 所在区县 --assume-unpaid

say "7. 如果把一个数改掉：总部金融机构落户奖励的比例由 2% 改为 3%（同一份合成数据）"
run edict simulate "$firms" --as-of 2022-08-01 --assume-unpaid --no-near --set 总部金融机构落户奖励.比例=3%
