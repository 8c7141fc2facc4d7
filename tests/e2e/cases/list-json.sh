# SPDX-License-Identifier: GPL-2.0-or-later
# list --json: everything that is known of a format.
make_test_format PF
mkdir -p usr/binfmt.d
echo "Description=A test" >>conf/test.conf
printf ':test:M:2:\\x00B:\\xff\\xfe:%s/other:O\n:ext:E::foo::%s/interpreter:\n' "$DIR" "$DIR" >usr/binfmt.d/x.conf
mount -t binfmt_misc b bm
status 0 binfmtctl enable test
printf ':foreign:M::FOREIGN::/bin/true:C' >bm/register
status 0 binfmtctl list --json
python3 - output "$DIR" <<'EOF2'
import json, sys
formats = json.load(open(sys.argv[1]))["formats"]
dir = sys.argv[2]
assert [f["name"] for f in formats] == ["ext", "test", "foreign"], formats
ext, test, foreign = formats
assert test["registered"] and test["enabled"] and test["wanted"] and test["configured"]
assert (test["type"], test["magic"], test["mask"], test["flags"]) == ("magic", r"\x7f\x54\x45\x53\x54", None, "PF"), test
assert (test["interpreter"], test["description"]) == (dir + "/interpreter", "A test"), test
a = test["alternatives"]
assert [(x["path"], x["priority"], x["source"], x["flags"], x["usable"], x["registered"], x["chosen"]) for x in a] == [
    (dir + "/interpreter", 1, "binfmtd", "PF", True, True, False),
    (dir + "/other", -200, "binfmt.d", "O", False, False, False)], a
assert (ext["type"], ext["extension"], ext["registered"], ext["magic"]) == ("extension", "foo", False, None), ext
assert foreign["configured"] is False and foreign["flags"] == "OC", foreign
EOF2
