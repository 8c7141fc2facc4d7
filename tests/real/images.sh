# SPDX-License-Identifier: GPL-2.0-or-later
# Runs in a root file system (tests/nightly/software). ImageMagick computes in floating point, so QEMU's run is what ours is
# compared with.
set -e
export MAGICK_THREAD_LIMIT=2
cd /tmp
convert -size 120x90 -seed 7 plasma:fractal a.png
for o in "-resize 160x120" "-rotate 17" "-blur 0x3" "-colorspace Lab" "-dither FloydSteinberg -colors 16" "-sharpen 0x1" "-swirl 90" \
	"-fft -delete 1" "-quantize YUV -colors 32" "-statistic Median 5x5" "-distort Barrel 0.2,0.0,0.0,1.0" "-equalize" "-morphology Dilate Disk"; do
	echo "$o" "$(convert a.png $o -format '%# %[mean] %[standard-deviation]' info:)"
done
for f in jpg gif tiff webp bmp ppm; do convert a.png -quality 85 a.$f; echo $f "$(identify -format '%w %h %m %#' a.$f)"; done
convert -size 100x50 gradient:red-blue -fill white -draw 'circle 50,50 60,80 bezier 20,20 60,90 120,10 180,80' png:- | identify -format '%#\n' -
compare -metric PSNR a.png a.jpg null: 2>&1 || :
