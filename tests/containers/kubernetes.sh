# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
# The DaemonSets, as kubectl's own types have it: it needs no cluster for that.

suite_kubernetes() {
	/usr/bin/python3 -c 'import yaml' 2>/dev/null ||
		{ echo "SKIP kubernetes: python3-yaml is not installed"; skipped=$((skipped + 1)); return; }
	for manifest in daemonset daemonset-cache; do
		same $manifest "" env HOME=/run KUBECTL="$(command -v kubectl)" /usr/bin/python3 "$here/manifest.py" \
			"$SOURCE_DIR/packaging/kubernetes/$manifest.yaml"
	done
}
