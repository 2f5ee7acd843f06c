#!/usr/bin/env bash
# rie.sh FOLDER: AWS's Lambda Runtime Interface Emulator, as the SAM CLI carries it.
set -euo pipefail
VERSION=1.170.0
case $(uname -m) in x86_64) machine=x86_64 ;; aarch64 | arm64) machine=arm64 ;; *) echo "no emulator for $(uname -m)"; exit 1 ;; esac
wheel="$1/wheel"
python3 -m pip download --quiet --disable-pip-version-check --no-deps --only-binary :all: \
  "aws-sam-cli==$VERSION" -d "$wheel"
python3 -m zipfile -e "$wheel"/*.whl "$wheel/unpacked"
mv "$wheel/unpacked/samcli/local/rapid/aws-lambda-rie-$machine" "$1/aws-lambda-rie"
chmod +x "$1/aws-lambda-rie"
echo "$VERSION" >"$1/version"
rm -rf "$wheel"
