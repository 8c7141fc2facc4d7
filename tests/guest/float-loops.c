/* SPDX-License-Identifier: GPL-2.0-or-later */
/* guest-test: native also=armhf nightly=armhf-arm again=-opt_no-fold */
/* Loops on single precision, whose temporaries and sums share the registers of double precision of 32-bit ARM. All results are
 * exact to the last bit. */
#pragma GCC optimize("fp-contract=off", "no-tree-vectorize")
#include <stdio.h>
#include <string.h>

enum { N = 256 };
static float f[N], g[N];
static double d[N];
static short h[N];
static struct vector {
        float x, y, z;
} v[N], w[N];

#define LOOP __attribute__((noipa)) static

LOOP void clamp(float low, float high)
{
        for (int i = 0; i < N; i++)
                f[i] = f[i] < low ? low : f[i] > high ? high : f[i];
}

LOOP void to_short(float scale)
{
        for (int i = 0; i < N; i++)
                h[i] = (short)(int)(f[i] * scale);
}

LOOP void from_short(void)
{
        for (int i = 0; i < N; i++)
                g[i] = h[i] / 4096.0f + g[i] * 0.5f;
}

LOOP float polynomial(float x)
{
        float s = 0, t = 1;
        for (int i = 0; i < N; i++) {
                s = s * x + f[i];
                t = t * 0.5f - g[i];
        }
        return s + t;
}

LOOP double mixed(float x)
{
        double s = 0;
        for (int i = 0; i < N; i++) {
                s = s * 0.75 + (double)(f[i] * x);
                x = (float)s * 0.125f;
                d[i] += x;
        }
        return s;
}

LOOP void cross(void)
{
        for (int i = 0; i < N; i++) {
                struct vector a = v[i], b = w[i];
                float x = a.y * b.z - a.z * b.y + 0.1f, y = a.z * b.x - a.x * b.z + 0.1f, z = a.x * b.y - a.y * b.x + 0.1f;
                float s = 1.0f / (x * x + y * y + z * z + 1.0f);
                v[i] = (struct vector){ x * s, y * s, z * s };
        }
}

/* Leaves the loop in its middle. */
LOOP float until(float limit)
{
        float s = 0, last = 0;
        for (int i = 0; i < N; i++) {
                float t = f[i] * g[i];
                s += t;
                if (s > limit)
                        return s - last;
                last = t + 0.5f;
        }
        return last - s;
}

LOOP void turn(float c, float s)
{
        float re = 1, im = 0;
        for (int i = 0; i < N; i++) {
                float t = re * c - im * s;
                im = re * s + im * c;
                re = t;
                f[i] = re * 3;
                g[i] = im - f[i];
        }
}

static unsigned sum;

static void add(const void *p, size_t n)
{
        for (size_t k = 0; k < n; k++)
                sum = sum * 31 + ((const unsigned char *)p)[k];
}

static void add_float(float x)
{
        add(&x, sizeof(x));
}

int main(void)
{
        for (int i = 0; i < N; i++) {
                v[i] = (struct vector){ (float)i, 1, 2 };
                w[i] = (struct vector){ 1, (float)i * 0.5f, 3 };
        }
        for (int k = 1; k < 200; k++) {
                turn(1 - (float)k * 0.001f, (float)k * 0.004f);
                clamp(-3, (float)k * 0.02f);
                to_short(1000.0f + (float)k);
                from_short();
                add_float(polynomial(1 - (float)k * 0.003f));
                double m = mixed((float)k);
                add(&m, sizeof(m));
                cross();
                add_float(until((float)k * 0.1f));
                add(f, sizeof(f));
                add(g, sizeof(g));
                add(d, sizeof(d));
                add(h, sizeof(h));
                add(v, sizeof(v));
                printf("%d %08x\n", k, sum);
        }
        return 0;
}
