/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Floating-point kernels; compiled with -ffp-contract=off so that all machines round alike. */
#include "kernel.h"
#include <math.h>

static void nbody(long scale)
{
        double p[5][3], v[5][3], m[5];
        for (int i = 0; i < 5; i++) {
                m[i] = 1.0 / (i + 1);
                for (int k = 0; k < 3; k++)
                        p[i][k] = i * 1.3 + k, v[i][k] = 0.01 * (i - k);
        }
        for (long s = 0; s < scale * 1000; s++) {
                for (int i = 0; i < 5; i++)
                        for (int j = i + 1; j < 5; j++) {
                                double d[3], r2 = 0;
                                for (int k = 0; k < 3; k++)
                                        d[k] = p[i][k] - p[j][k], r2 += d[k] * d[k];
                                double mag = 0.001 / (r2 * sqrt(r2));
                                for (int k = 0; k < 3; k++)
                                        v[i][k] -= d[k] * m[j] * mag, v[j][k] += d[k] * m[i] * mag;
                        }
                for (int i = 0; i < 5; i++)
                        for (int k = 0; k < 3; k++)
                                p[i][k] += 0.001 * v[i][k];
        }
        printf("%.15g %.15g\n", p[0][0], v[4][2]);
}

static void mandelbrot(long scale)
{
        long c = 0, n = scale;
        for (long y = 0; y < n; y++)
                for (long x = 0; x < n; x++) {
                        double cr = 2.0 * (double)x / (double)n - 1.5, ci = 2.0 * (double)y / (double)n - 1, zr = 0, zi = 0;
                        int i;
                        for (i = 0; i < 50 && zr * zr + zi * zi < 4; i++) {
                                double t = zr * zr - zi * zi + cr;
                                zi = 2 * zr * zi + ci;
                                zr = t;
                        }
                        c += i;
                }
        printf("%ld\n", c);
}

static void matmul(long scale)
{
        long n = scale;
        double *a = malloc((size_t)(n * n) * 8), *b = malloc((size_t)(n * n) * 8), *c = calloc((size_t)(n * n), 8), s = 0;
        for (long i = 0; i < n * n; i++)
                a[i] = (double)(i % 7), b[i] = (double)(i % 5) * 0.5;
        for (long i = 0; i < n; i++)
                for (long k = 0; k < n; k++)
                        for (long j = 0; j < n; j++)
                                c[i * n + j] += a[i * n + k] * b[k * n + j];
        for (long i = 0; i < n * n; i++)
                s += c[i];
        printf("%.15g\n", s);
}

static double element(long i, long j)
{
        return 1.0 / (double)((i + j) * (i + j + 1) / 2 + i + 1);
}

static void spectral(long scale)
{
        long n = scale;
        double *u = malloc((size_t)n * 8), *v = malloc((size_t)n * 8);
        for (long i = 0; i < n; i++)
                u[i] = 1;
        for (int t = 0; t < 10; t++) {
                for (long i = 0; i < n; i++) {
                        double s = 0;
                        for (long j = 0; j < n; j++)
                                s += element(i, j) * u[j];
                        v[i] = s;
                }
                for (long i = 0; i < n; i++) {
                        double s = 0;
                        for (long j = 0; j < n; j++)
                                s += element(j, i) * v[j];
                        u[i] = s;
                }
        }
        printf("%.15g\n", sqrt(u[0]));
}

static void fft(long scale)
{
        enum { N = 4096 };
        static float re[N], im[N];
        for (int i = 0; i < N; i++)
                re[i] = (float)(i * 37 % 101) - 50, im[i] = 0;
        for (long r = 0; r < scale; r++) {
                for (int i = 0, j = 0; i < N; i++) {
                        if (i < j) {
                                float t = re[i];
                                re[i] = re[j], re[j] = t, t = im[i], im[i] = im[j], im[j] = t;
                        }
                        int bit = N >> 1;
                        for (; j & bit; bit >>= 1)
                                j ^= bit;
                        j |= bit;
                }
                for (int len = 2; len <= N; len *= 2) {
                        float wr = 1 - 4.0f / (float)(len * len), wi = 2.0f / (float)len;
                        for (int i = 0; i < N; i += len) {
                                float cr = 1, ci = 0;
                                for (int k = 0; k < len / 2; k++) {
                                        int x = i + k, y = x + len / 2;
                                        float tr = re[y] * cr - im[y] * ci, ti = re[y] * ci + im[y] * cr, c = cr;
                                        re[y] = re[x] - tr, im[y] = im[x] - ti;
                                        re[x] += tr, im[x] += ti;
                                        cr = cr * wr - ci * wi, ci = c * wi + ci * wr;
                                }
                        }
                }
                for (int i = 0; i < N; i++)
                        re[i] *= 1.0f / 64, im[i] *= 1.0f / 64;
        }
        double s = 0;
        for (int i = 0; i < N; i++)
                s += (double)re[i] * (i % 17);
        printf("%.9g\n", s);
}

static void functions(long scale)
{
        double s = 0;
        for (long i = 1; i < scale * 1000; i++) {
                double x = (double)i * 0.001;
                s += floor(x) + fabs(x - 3) + sqrt(x) + fmin(x, 7) + (double)(long)(x * 1.5) + round(x * 0.3);
        }
        printf("%.15g\n", s);
}

int main(int argc, char **argv)
{
        static const struct kernel kernels[] = {
                { "nbody", nbody }, { "mandelbrot", mandelbrot }, { "matmul", matmul }, { "spectral", spectral },
                { "fft", fft },     { "functions", functions },   { NULL, NULL },
        };
        return kernel_main(argc, argv, kernels);
}
