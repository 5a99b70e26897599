# The commands a newcomer needs.  Meson and Ninja do the work; this file only names it.
#
#   make build     install packages, leave build/oneview and build/oneview-synth
#   make demo      a fictional borough, loaded and served:  make demo PEOPLE=218900 SEED=1 PORT=8080 DIR=demo
#   make check     everything that continuous integration runs; ends with "N passed, N failed, N skipped"
#   make faults    the fault tests at full length (fifty kills on each database)
#   make lint      clang-format, clang-tidy, cppcheck, shellcheck
#   make bench     benchmarks, as JSON
#   make pages     screenshots of every page at 1280 and 375 pixels, in pages-out/
#   make install   program, man pages, completion, profiles;  PREFIX=/usr/local DESTDIR=
#   make clean     removes what the build made; never a workspace

PEOPLE = 20000
SEED = 1
PORT = 8080
DIR = demo
PREFIX = /usr/local

.PHONY: all build packages frontend demo check faults lint bench pages install clean
.DEFAULT_GOAL := build

all: build

packages:
	@scripts/install-packages

frontend: packages
	@scripts/build-frontend

build: frontend
	@scripts/build-release

demo: build
	@scripts/demo --people '$(PEOPLE)' --seed '$(SEED)' --port '$(PORT)' --dir '$(DIR)'

check: frontend
	@scripts/check

faults: frontend
	@ONEVIEW_KILLS=50 scripts/check --suite fault

lint: packages
	@scripts/lint

bench: build
	@scripts/run-benchmarks

pages: build
	@scripts/screenshots

install: build
	@meson configure build -Dprefix='$(PREFIX)' >/dev/null
	@meson install -C build --quiet

clean:
	rm -rf build build-* pages-out bench-out frontend/dist
