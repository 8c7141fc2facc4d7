# SPDX-License-Identifier: GPL-2.0-or-later
# Runs in a root file system (tests/nightly/software). x264 does not encode alike on arm64 and amd64, so QEMU's run is what ours
# is compared with.
set -e
ffmpeg -v error -f lavfi -i testsrc2=s=320x240:d=1 -c:v libx264 -preset medium -threads 1 -flags +bitexact -f framemd5 - | md5sum
ffmpeg -v error -f lavfi -i testsrc2=s=320x240:d=1 -c:v libx264 -threads 1 -flags +bitexact -f h264 - |
	ffmpeg -v error -f h264 -i - -f framemd5 - | md5sum
ffmpeg -v error -f lavfi -i sine=d=2 -c:a aac -flags +bitexact -f framemd5 - | md5sum
