#!/usr/bin/env bash
# Decoding beside the bare decompressors, then workbooks beside LibreOffice and openpyxl. usage: decode.sh BUILD
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
build=$(cd "$1" && pwd)
failed=0
"$build/bench/bench_decode" || failed=1
"$build/bench/bench_xlsx" || failed=1
exit "$failed"
