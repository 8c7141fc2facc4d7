/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Text: formatting, numbers, messages, the log (see rt.h). */
#include <asm/errno.h>
#include <asm/unistd.h>
#include "rt.h"

struct out {
        char *buf;
        size_t size, n;
};

static void put(struct out *o, char c)
{
        if (o->n + 1 < o->size)
                o->buf[o->n] = c;
        o->n++;
}

struct spec {
        bool left, zero, alt;
        int width, precision; /* -1: none */
        int size;             /* of an integer argument, in bytes */
};

static void put_padded(struct out *o, const struct spec *s, const char *prefix, const char *text, size_t n)
{
        size_t np = strlen(prefix), total = np + n, width = s->width > 0 ? (size_t)s->width : 0;
        bool zero = s->zero && !s->left;
        for (size_t k = total; k < width && !s->left && !zero; k++)
                put(o, ' ');
        for (size_t k = 0; k < np; k++)
                put(o, prefix[k]);
        for (size_t k = total; k < width && zero; k++)
                put(o, '0');
        for (size_t k = 0; k < n; k++)
                put(o, text[k]);
        for (size_t k = total; k < width && s->left; k++)
                put(o, ' ');
}

static void put_number(struct out *o, struct spec *s, uint64_t v, unsigned base, bool upper, const char *prefix)
{
        char digits[72];
        size_t k = sizeof(digits);
        const char *set = upper ? "0123456789ABCDEF" : "0123456789abcdef";
        int least = s->precision < 0 ? 1 : s->precision;
        if (least > 64)
                least = 64;
        for (int n = 0; v || n < least; n++, v /= base)
                digits[--k] = set[v % base];
        if (s->precision >= 0)
                s->zero = false;
        put_padded(o, s, prefix, digits + k, sizeof(digits) - k);
}

static const char *parse_spec(const char *f, struct spec *s, va_list *ap)
{
        *s = (struct spec){ .precision = -1, .size = 4 };
        for (;; f++) {
                if (*f == '-')
                        s->left = true;
                else if (*f == '0')
                        s->zero = true;
                else if (*f == '#')
                        s->alt = true;
                else if (*f != '+' && *f != ' ')
                        break;
        }
        if (*f == '*') {
                s->width = va_arg(*ap, int);
                f++;
        }
        for (; *f >= '0' && *f <= '9'; f++)
                s->width = s->width * 10 + (*f - '0');
        if (*f == '.') {
                s->precision = 0;
                if (*++f == '*') {
                        s->precision = va_arg(*ap, int);
                        f++;
                }
                for (; *f >= '0' && *f <= '9'; f++)
                        s->precision = s->precision * 10 + (*f - '0');
        }
        for (;; f++) {
                if (*f == 'l' || *f == 'z' || *f == 'j' || *f == 't')
                        s->size = 8;
                else if (*f == 'h')
                        s->size = s->size == 2 ? 1 : 2;
                else
                        return f;
        }
}

static uint64_t integer(const struct spec *s, bool is_signed, va_list *ap)
{
        uint64_t v = s->size == 8 ? va_arg(*ap, uint64_t) : va_arg(*ap, unsigned);
        unsigned shift = 64 - 8 * (unsigned)s->size;
        return is_signed ? (uint64_t)((int64_t)(v << shift) >> shift) : v << shift >> shift;
}

static void put_conversion(struct out *o, char c, struct spec *s, va_list *ap)
{
        switch (c) {
        case 'd':
        case 'i': {
                int64_t v = (int64_t)integer(s, true, ap);
                put_number(o, s, v < 0 ? -(uint64_t)v : (uint64_t)v, 10, false, v < 0 ? "-" : "");
                break;
        }
        case 'u': put_number(o, s, integer(s, false, ap), 10, false, ""); break;
        case 'o': put_number(o, s, integer(s, false, ap), 8, false, s->alt ? "0" : ""); break;
        case 'x':
        case 'X': {
                uint64_t v = integer(s, false, ap);
                put_number(o, s, v, 16, c == 'X', s->alt && v ? "0x" : "");
                break;
        }
        case 'p': put_number(o, s, (uintptr_t)va_arg(*ap, void *), 16, false, "0x"); break;
        case 'c': {
                char ch = (char)va_arg(*ap, int);
                put_padded(o, s, "", &ch, 1);
                break;
        }
        case 's': {
                const char *t = va_arg(*ap, const char *);
                if (!t)
                        t = "(null)";
                s->zero = false;
                put_padded(o, s, "", t, s->precision >= 0 ? strnlen(t, (size_t)s->precision) : strlen(t));
                break;
        }
        default: put(o, c); break;
        }
}

int rt_vsnprintf(char *buf, size_t size, const char *f, va_list args)
{
        struct out o = { .buf = buf, .size = size };
        va_list ap;
        va_copy(ap, args);
        for (; *f; f++) {
                struct spec s;
                if (*f != '%') {
                        put(&o, *f);
                        continue;
                }
                f = parse_spec(f + 1, &s, &ap);
                if (!*f)
                        break;
                put_conversion(&o, *f, &s, &ap);
        }
        va_end(ap);
        if (size)
                buf[o.n < size ? o.n : size - 1] = 0;
        return (int)o.n;
}

int rt_snprintf(char *buf, size_t size, const char *format, ...)
{
        va_list ap;
        va_start(ap, format);
        int n = rt_vsnprintf(buf, size, format, ap);
        va_end(ap);
        return n;
}

int rt_parse_u64(const char *s, uint64_t *ret)
{
        unsigned base = 10;
        uint64_t v = 0;
        if (s[0] == '0' && (s[1] == 'x' || s[1] == 'X')) {
                base = 16;
                s += 2;
        } else if (s[0] == '0' && s[1]) {
                base = 8;
                s++;
        }
        if (!*s)
                return -EINVAL;
        for (; *s; s++) {
                unsigned d = *s >= '0' && *s <= '9' ? (unsigned)(*s - '0') : (unsigned)((*s | 32) - 'a') + 10;
                if (d >= base)
                        return -EINVAL;
                if (v > (UINT64_MAX - d) / base)
                        return -ERANGE;
                v = v * base + d;
        }
        *ret = v;
        return 0;
}

/* ---- messages ---- */

uint32_t rt_log_mask;
int rt_log_fd = 2;

static void write_all(int fd, const char *s, size_t n)
{
        while (n) {
                long w = sys_call3(__NR_write, fd, s, n);
                if (w == -EINTR)
                        continue;
                if (w <= 0)
                        return;
                s += w;
                n -= (size_t)w;
        }
}

/* Writes a line by one call, so that lines of several threads do not mix. */
static void write_line(int fd, const char *prefix, const char *format, va_list ap)
{
        char line[1024];
        size_t n = (size_t)rt_snprintf(line, sizeof(line), "%s", prefix);
        n += (size_t)rt_vsnprintf(line + n, sizeof(line) - n, format, ap);
        if (n > sizeof(line) - 2)
                n = sizeof(line) - 2;
        line[n++] = '\n';
        write_all(fd, line, n);
}

void rt_error(const char *format, ...)
{
        va_list ap;
        va_start(ap, format);
        write_line(2, "binfmt-translator: ", format, ap);
        va_end(ap);
}

_Noreturn void rt_die(const char *format, ...)
{
        va_list ap;
        va_start(ap, format);
        write_line(2, "binfmt-translator: ", format, ap);
        va_end(ap);
        rt_exit(125);
}

void rt_log(const char *format, ...)
{
        va_list ap;
        va_start(ap, format);
        write_line(rt_log_fd, "", format, ap);
        va_end(ap);
}

void rt_log_write(const char *s, size_t n)
{
        write_all(rt_log_fd, s, n);
}
