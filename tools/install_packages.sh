#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# tools/install_packages.sh GROUP...: installs what tools/packages.txt lists for the groups and this
# machine lacks. Silent, and without a look at the network, where nothing is lacking.
set -euo pipefail
list="$(dirname "$0")/packages.txt"

if (($# == 0)); then
  echo "usage: $0 GROUP... (the second column of $list)" >&2
  exit 2
fi

wanted=()
for group in "$@"; do
  mapfile -t of_group < <(awk -v group="$group" '$1 !~ /^#/ && $2 == group { print $1 }' "$list")
  if ((${#of_group[@]} == 0)); then
    echo "$0: no package of the group '$group' in $list" >&2
    exit 2
  fi
  wanted+=("${of_group[@]}")
done

if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
  echo "$0: not a Debian system, nothing installed; what the build needs: ${wanted[*]}" >&2
  exit 0
fi

# A package that dpkg has never heard of is an error of dpkg-query and, here, one more to install.
installed=$(dpkg-query --show --showformat='${db:Status-Status} ${Package}\n' "${wanted[@]}" \
  2>/dev/null || true)
missing=()
for package in "${wanted[@]}"; do
  grep -qxF "installed $package" <<<"$installed" || missing+=("$package")
done
((${#missing[@]})) || exit 0

as_root=()
if ((EUID != 0)); then
  if ! command -v sudo >/dev/null; then
    echo "$0: needs root or sudo to install; as root: apt-get install ${missing[*]}" >&2
    exit 1
  fi
  as_root=(sudo)
fi

echo "installing: ${missing[*]}" >&2
quiet=(-qq -o Dpkg::Use-Pty=0)
"${as_root[@]}" apt-get "${quiet[@]}" update
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
  apt-get "${quiet[@]}" install --yes --no-install-recommends "${missing[@]}" >/dev/null
