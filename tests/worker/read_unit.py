# SPDX-License-Identifier: GPL-2.0-or-later
"""Reads units (include/cache-format.h), and complains of everything in them that is not inside of them, or not in order."""
import struct

PAGE, TAIL, CONFIG = 4096, 256, 96
HEADER = struct.Struct(f"<8s{CONFIG}s6I")
PAGE_RECORD = struct.Struct("<Q10I")
BLOCK = struct.Struct("<2I")
REGION = struct.Struct("<5I2H")
EXIT = struct.Struct("<iHBB")
TRAP = 24  # bytes of struct trap_rec (translator/x64/region.h)
LINK = 5  # CALL rel32


class Wrong(Exception):
    """What is wrong with a unit."""


def need(is_so, *what):
    if not is_so:
        raise Wrong(" ".join(str(w) for w in what))


def inside(what, at, size, end, align=1):
    need(at % align == 0 and 0 <= at <= end and size <= end - at, what, "at", at, "of", size, "bytes is not within", end)


class Region:
    def __init__(self, fields):
        (self.in_page, self.code_at, self.code_bytes, self.exits_at, self.traps_at, self.journal_at, self.njournal, self.nexits,
         self.ntraps) = fields


class Page:
    def __init__(self, fields):
        (self.key, self.file_page, self.text_at, self.text_bytes, self.block_at, self.block_bytes, self.code_at, self.code_bytes,
         self.slots_at, self.nslots, reserved) = fields
        need(reserved == 0, "a reserved field of a page is", reserved)
        self.regions, self.link, self.target = [], (), ()


class Unit:
    def __init__(self, path):
        with open(path, "rb") as f:
            self.bytes = f.read()
        need(len(self.bytes) >= HEADER.size, "it has no header")
        magic, self.config, self.npages, self.data_bytes, self.code_bytes, self.stubs_bytes, self.slots_bytes, reserved = HEADER.unpack_from(
            self.bytes)
        need(magic == b"\x7fbinfmtU", "its first bytes are", magic)
        need(reserved == 0, "a reserved field is", reserved)
        need(self.data_bytes % PAGE == 0 and self.code_bytes % PAGE == 0 and self.slots_bytes % PAGE == 0, "parts are not whole pages")
        need(len(self.bytes) == self.data_bytes + self.code_bytes, "its length is not that of its parts")
        need(self.stubs_bytes <= self.code_bytes, "stubs are not in the code part")
        need(0 < self.slots_bytes <= self.code_bytes, "there are", self.slots_bytes, "bytes of slots for", self.code_bytes, "of code")
        inside("list of pages", HEADER.size, self.npages * PAGE_RECORD.size, self.data_bytes)
        self.code = self.bytes[self.data_bytes:]
        self.pages = [Page(PAGE_RECORD.unpack_from(self.bytes, HEADER.size + k * PAGE_RECORD.size)) for k in range(self.npages)]
        last, last_code, last_slots = -1, self.stubs_bytes, 0
        for p in self.pages:
            need(p.file_page > last, "page", p.file_page, "comes behind page", last)
            need(p.code_at >= last_code and p.code_at % 64 == 0, "code of page", p.file_page, "is where other code is, or not aligned")
            need(p.slots_at >= last_slots, "slots of page", p.file_page, "are where others are")
            self.read_page(p)
            last, last_code, last_slots = p.file_page, p.code_at + p.code_bytes, p.slots_at + 8 * p.nslots

    def text(self, p):
        return self.bytes[p.text_at:p.text_at + p.text_bytes]

    def read_page(self, p):
        need(p.text_bytes in (PAGE, PAGE + TAIL), "text of", p.text_bytes, "bytes")
        inside("text", p.text_at, p.text_bytes, self.data_bytes)
        inside("block", p.block_at, p.block_bytes, self.data_bytes, 8)
        inside("code", p.code_at, p.code_bytes, self.code_bytes)
        inside("slots", p.slots_at, 8 * p.nslots, self.slots_bytes, 8)
        inside("head of a block", 0, BLOCK.size, p.block_bytes)
        nregions, nslots = BLOCK.unpack_from(self.bytes, p.block_at)
        need(nslots == p.nslots and nslots, nslots, "slots in the block, but", p.nslots, "in the page")
        at = BLOCK.size

        def array(what, kind, n, align):
            nonlocal at
            at += -at % align
            inside(what, at, n * struct.calcsize(kind), p.block_bytes)
            found = struct.unpack_from(f"<{n}{kind}", self.bytes, p.block_at + at)
            at += n * struct.calcsize(kind)
            return found
        in_page, code_at = array("places", "H", nregions, 2), array("places of code", "I", nregions, 4)
        p.link, p.target = array("links", "I", nslots - 1, 4), array("targets", "i", nslots - 1, 4)
        at += -at % 8
        inside("regions", at, nregions * REGION.size, p.block_bytes)
        p.regions = [Region((in_page[k], code_at[k]) + REGION.unpack_from(self.bytes, p.block_at + at + k * REGION.size))
                     for k in range(nregions)]
        for link in p.link:
            self.is_link(p, link)
        need(list(p.link) == sorted(set(p.link)), "links are not in order")
        need(len(set(p.target)) == len(p.target), "two slots are for one target")
        place, code = -1, 0
        for r in p.regions:
            need(place < r.in_page < PAGE, "a region at", r.in_page, "behind one at", place)
            need(r.code_at >= code and r.code_bytes, "code of the region at", r.in_page, "is where other code is, or there is none")
            self.read_region(p, r)
            place, code = r.in_page, r.code_at + r.code_bytes

    def is_link(self, p, at):
        """There is a CALL of a stub."""
        inside("exit", at, LINK, p.code_bytes)
        where = p.code_at + at
        need(self.code[where] == 0xe8, "an exit has", hex(self.code[where]), "and no CALL")
        to = where + LINK + struct.unpack_from("<i", self.code, where + 1)[0]
        need(0 <= to < self.stubs_bytes, "an exit calls what is at", to)

    def read_region(self, p, r):
        inside("code of a region", r.code_at, r.code_bytes, p.code_bytes)
        inside("exits", r.exits_at, r.nexits * EXIT.size, p.block_bytes, 4)
        inside("traps", r.traps_at, r.ntraps * TRAP, p.block_bytes, 4)
        inside("journal", r.journal_at, r.njournal, p.block_bytes)
        for k in range(r.nexits):
            _, at, poll, reserved = EXIT.unpack_from(self.bytes, p.block_at + r.exits_at + k * EXIT.size)
            need(poll <= 1 and not reserved, "an exit has fields", poll, reserved)
            inside("exit of a region", at, LINK, r.code_bytes)
            self.is_link(p, r.code_at + at)
        for k in range(r.ntraps):
            at, end = struct.unpack_from("<HH", self.bytes, p.block_at + r.traps_at + k * TRAP)
            need(at < r.code_bytes and end <= r.code_bytes, "an instruction that traps is at", at, "and goes on at", end)
