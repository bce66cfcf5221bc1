#!/usr/bin/env bash
# Bad input of every kind ends with one clear message, the right exit status, and nothing written.
#   bad_input.sh SYMBREAK
set -uo pipefail
python=${PYTHON:-/usr/bin/python3}  # has h5py, whatever PATH says
symbreak=$(realpath "$1")
work=$(mktemp -d)
trap 'chmod -R u+w "$work"; rm -rf "$work"' EXIT
cd "$work" || exit 1
failures=0

# expect STATUS PATTERN COMMAND...: exit status, a message that matches, no half-written run.
expect() {
  local status=$1 pattern=$2 found
  shift 2
  "$@" >out 2>&1 </dev/null
  found=$?
  if [ "$found" != "$status" ] || ! grep -qE -- "$pattern" out || grep -qiE 'terminate|core dumped|backtrace' out; then
    echo "FAILED: $*"
    echo "  expected status $status and /$pattern/, got status $found:"
    sed 's/^/  | /' out
    failures=$((failures + 1))
  fi
  if [ -e runs ]; then
    echo "FAILED: $* left something behind: $(find runs | head -n 3)"
    rm -rf runs
    failures=$((failures + 1))
  fi
}
dataset() {  # a deck on a data file: dataset FILE [more target lines]
  printf '[run]\nname = bad\nseed = 1\n[target]\nkind = dataset\nfile = %s\n%s\n[experiment]\nkind = condensation\nt = 1\n' \
    "$1" "${2:-}" >deck.ini
}

# --- data files -----------------------------------------------------------------------------------
"$python" - <<'PY'
import gzip, os, struct, zlib
good = struct.pack(">IIII", 0x00000803, 4, 2, 2) + bytes(range(16))
open("truncated.idx", "wb").write(good[:20])
open("magic.idx", "wb").write(b"\x12\x34\x56\x78" + good[4:])
open("huge.idx", "wb").write(struct.pack(">IIII", 0x00000803, 2**31, 2**15, 2**15))
gzip.open("truncated.idx.gz", "wb").write(good)
data = open("truncated.idx.gz", "rb").read()
open("truncated.idx.gz", "wb").write(data[:len(data) // 2])
open("good.idx", "wb").write(good)
open("labels.idx", "wb").write(struct.pack(">II", 0x00000801, 3) + bytes(3))
open("text.csv", "w").write("1,2\n3,abc\n")
open("nan.csv", "w").write("1,2\n3,nan\n")
open("ragged.csv", "w").write("1,2\n3\n")
open("empty.csv", "w").write("")
open("bad.npy", "wb").write(b"\x93NUMPY\x01\x00garbage")

def chunk(name, data):
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

def png(width, height, bits, kind, packed, more=b""):
    head = struct.pack(">IIBBBBB", width, height, bits, kind, 0, 0, 0)
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + more + chunk(b"IDAT", packed)
            + chunk(b"IEND", b""))

small = zlib.compress(b"\0" * 20)
open("declared.png", "wb").write(png(100000, 100000, 16, 6, small))
# 1-bit palette: 3.6e9 pixels in 450 kB, 22 GB of samples, 43 GB of numbers.
packer = zlib.compressobj(9)
zeros = b"".join(packer.compress(b"\0" * 7501) for _ in range(60000)) + packer.flush()
open("zeros.png", "wb").write(png(60000, 60000, 1, 3, zeros, chunk(b"PLTE", bytes(6))))
open("short.png", "wb").write(png(4, 5, 8, 0, small[:-6]))
for name, side in (("unequal/b.png", 4), ("unequal/a.png", 2), ("unequal/c.png", 3)):
    os.makedirs("unequal", exist_ok=True)
    open(name, "wb").write(png(side, side, 8, 0, zlib.compress(b"\0" * (side * side + side))))
os.makedirs("photos")
open("photos/a.jpeg", "wb").write(b"x")
PY
mkdir folder
dataset declared.png;             expect 2 'declared.png.*100000 x 100000 pixels, which its' "$symbreak" run deck.ini
dataset zeros.png;                expect 2 'zeros.png.*this machine has' "$symbreak" run deck.ini
dataset short.png;                expect 2 'short.png.*damaged PNG' "$symbreak" run deck.ini
dataset unequal/;                 expect 2 'b.png has 4 x 4 pixels in grey, a.png has 2 x 2' "$symbreak" run deck.ini
dataset photos;                   expect 2 'without a PNG image, but 1 .jpeg file' "$symbreak" run deck.ini
dataset photos 'alpha = blue';    expect 2 'drop, white, black, keep' "$symbreak" run deck.ini
dataset truncated.idx;            expect 2 'truncated.idx.*has room for' "$symbreak" run deck.ini
dataset magic.idx;                expect 2 'magic.idx.*(IDX|magic)' "$symbreak" run deck.ini
dataset huge.idx;                 expect 2 'huge.idx' "$symbreak" run deck.ini
dataset truncated.idx.gz;         expect 2 'truncated.idx.gz' "$symbreak" run deck.ini
dataset text.csv;                 expect 2 'text.csv.*2.*abc|abc.*text.csv' "$symbreak" run deck.ini
dataset nan.csv;                  expect 2 'nan.csv' "$symbreak" run deck.ini
dataset ragged.csv;               expect 2 'ragged.csv' "$symbreak" run deck.ini
dataset empty.csv;                expect 2 'empty.csv' "$symbreak" run deck.ini
dataset bad.npy;                  expect 2 'bad.npy' "$symbreak" run deck.ini
dataset nothing.idx;              expect 2 'deck.ini:6:.*nothing.idx' "$symbreak" run deck.ini
dataset folder;                   expect 2 'folder.*without a PNG image' "$symbreak" run deck.ini
dataset good.idx 'labels = labels.idx'; expect 2 'label' "$symbreak" run deck.ini

# --- couplings and bits ---------------------------------------------------------------------------
couplings() {  # a deck on a file of couplings: couplings FILE [more target lines]
  printf '[run]\nname = bad\nseed = 1\n[target]\nkind = couplings\nfile = %s\n%s\n[experiment]\nkind = equation_of_state\nt = 1\n' \
    "$1" "${2:-}" >deck.ini
}
printf '0,1,0\n1,0,2\n0,3,0\n' >asymmetric.csv
printf '0,1,0\n1,0.5,2\n0,2,0\n' >diagonal.csv
printf '0,nan\nnan,0\n' >nan_coupling.csv
printf '0,1,2,3\n1,0,2,3\n' >oblong.csv
printf '0,1,1\n1,2,1\n0,1,1\n2,3,1\n' >twice.csv
printf '0,1,1\n1,9,1\n' >range.csv
printf '%%%%MatrixMarket matrix coordinate real symmetric\n4 4 3\n2 1 1\n' >truncated.mtx
printf '%%%%MatrixMarket matrix coordinate real symmetric\n4 4 1\n5 1 1\n' >range.mtx
printf '%%%%MatrixMarket matrix coordinate real symmetric\n4 4 888888888888\n2 1 1\n' >huge.mtx
printf '01011\n0110x\n' >letters.bits
couplings asymmetric.csv;          expect 2 'deck.ini:6.*asymmetric.csv: not symmetric: entry \(1, 2\) is 2, but \(2, 1\) is 3' "$symbreak" run deck.ini
couplings diagonal.csv;            expect 2 'diagonal.csv: entry \(1, 1\) on the diagonal' "$symbreak" run deck.ini
couplings nan_coupling.csv;        expect 2 'nan_coupling.csv: NaN at row 0, column 1' "$symbreak" run deck.ini
couplings oblong.csv;              expect 2 'oblong.csv: 2 x 4' "$symbreak" run deck.ini
couplings twice.csv;               expect 2 'twice.csv: entry \(0, 1\) is given twice' "$symbreak" run deck.ini
couplings range.csv 'sites = 4';   expect 2 'range.csv: row 1: index 9 is out of range' "$symbreak" run deck.ini
couplings truncated.mtx;           expect 2 'truncated.mtx: ends after 1 of 3 entries' "$symbreak" run deck.ini
couplings range.mtx;               expect 2 'range.mtx: line 3: entry \(5, 1\) is outside' "$symbreak" run deck.ini
couplings huge.mtx;                expect 2 'huge.mtx: line 2: declares 888888888888' "$symbreak" run deck.ini
couplings letters.bits;            expect 2 'letters.bits: format not known' "$symbreak" run deck.ini
printf '[run]\nname = bad\nseed = 1\n[target]\nkind = ising_chain\ndimension = 8\nsource = file\nfile = letters.bits\nbits = text\n[experiment]\nkind = equation_of_state\nt = 1\n' >deck.ini
expect 2 "letters.bits: byte 10 is 'x'; expected 0, 1 or blanks" "$symbreak" run deck.ini
printf '[run]\nname = bad\nseed = 1\n[target]\nkind = ising_lattice\nside = 32\ntemperature = 3\nposterior = exact\n[experiment]\nkind = equation_of_state\nt = 1\n' >deck.ini
expect 2 'deck.ini:8:.*exact posterior of 1024 spins' "$symbreak" run deck.ini

# --- decks and command line -----------------------------------------------------------------------
printf '[run]\nname = ok\nseed = 1\n[target]\nkind = deltas\n[experiment]\nkind = equation_of_state\nt = 0.9\n' >ok.ini
sed 's/^t = /tt = /' ok.ini >key.ini
expect 2 "key.ini:8:1: .*'tt'" "$symbreak" run key.ini
expect 2 'no such file' "$symbreak" run missing.ini
expect 2 'directory' "$symbreak" run folder
expect 2 "did you mean '--output'" "$symbreak" run ok.ini --outptu x
expect 2 "did you mean 'analyze'" "$symbreak" analyse runs/x
expect 2 'usage' "$symbreak" run
expect 2 "target.presett|presett" "$symbreak" run ok.ini --set target.presett=x
expect 2 "^--set target.w0: key 'w0' is used with preset = three_deltas; this deck has two_deltas" \
  "$symbreak" run ok.ini --set target.w0=0.5
sed 's/^t = /criterion = score\nt = /; s/^kind = deltas/kind = deltas\npreset = four_deltas\np = 0.5/' ok.ini >p.ini
expect 2 "p.ini:7:1: key 'p' is used with preset = two_deltas or two_levels; this deck has four_deltas" \
  "$symbreak" check p.ini
expect 2 'walltime' "$symbreak" run ok.ini --walltime tomorrow

# --- results --------------------------------------------------------------------------------------
expect 2 'no such run' "$symbreak" analyze nothing
expect 2 'ok.ini' "$symbreak" analyze ok.ini
expect 2 'no result' "$symbreak" report folder
head -c 3000 /dev/urandom >garbage.h5
expect 2 'garbage.h5' "$symbreak" analyze garbage.h5
expect 2 '.' "$symbreak" status nothing

# --- output ---------------------------------------------------------------------------------------
: >file
expect 1 'file' "$symbreak" run ok.ini --output file/run
expect 1 'proc' "$symbreak" run ok.ini --output /proc/symbreak
[ "$failures" = 0 ] && echo "all bad inputs were refused clearly"
exit "$((failures > 0))"
