# What ./run, ./test and bench/run share: install what is missing, configure once, build. Sourced, never run.
#
# Guarantees: asks dpkg what is there and touches apt only if something is not; as root directly, as another user through
# sudo, and otherwise says what to install and ends with 69. Everything it makes lies under build/.
# Messages go to stderr, so that stdout stays the program's own.

BUILD_PACKAGES=(
  ca-certificates cmake g++ ninja-build pkg-config python3 python3-pip
  libbz2-dev libcli11-dev libcurl4-openssl-dev libfmt-dev libgtest-dev libisal-dev liblz4-dev liblzma-dev libre2-dev
  libseccomp-dev libsnappy-dev libssl-dev libyaml-cpp-dev libzstd-dev nlohmann-json3-dev
)

say() { printf '%s: %s\n' "${0##*/}" "$*" >&2; }

# The packages among the arguments that dpkg does not know as installed, one a line.
missing_packages() {
  local package
  for package in "$@"; do
    [[ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" == installed ]] || printf '%s\n' "$package"
  done
}

# Runs a command as root, or ends with 69 and the advice to install what the caller names in ADVICE.
as_root() {
  if [[ "$(id -u)" == 0 ]]; then
    "$@"
  elif command -v sudo >/dev/null && { sudo -n true 2>/dev/null || [[ -t 0 ]]; }; then
    sudo -- "$@"
  else
    say "these packages are missing and neither root nor sudo is at hand to install them. Please run as root:"
    say "    apt-get install --no-install-recommends ${ADVICE:-$*}"
    exit 69
  fi
}

APT=(env DEBIAN_FRONTEND=noninteractive apt-get -qq -o Acquire::Retries=3 -o Dpkg::Use-Pty=0)

require_packages() {
  if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
    say "this is not a Debian system; these packages (by their Debian 12 names) must be present: $*"
    command -v cmake >/dev/null && command -v ninja >/dev/null && return
    exit 69
  fi
  local missing
  mapfile -t missing < <(missing_packages "$@")
  [[ ${#missing[@]} == 0 ]] && return
  ADVICE="${missing[*]}"
  as_root true
  say "installing ${missing[*]}"
  as_root "${APT[@]}" update >&2
  # Debian 12 has no package that asks here; a failure of one download is tried again above.
  as_root "${APT[@]}" install -y --no-install-recommends "${missing[@]}" >&2
}

# Two thirds of the compile jobs' memory need is headroom: a sanitized file with heavy headers takes up to 1.2 GiB.
build_jobs() {
  local cores kib by_memory
  cores="$(nproc)"
  kib="$(awk '/^MemAvailable:/ {print $2}' /proc/meminfo 2>/dev/null || echo 4194304)"
  by_memory=$((kib / 1572864))
  ((by_memory < 1)) && by_memory=1
  echo $((cores < by_memory ? cores : by_memory))
}

# build PRESET [target…]: configures the preset if that was never done, then builds.
build() {
  local preset="$1"
  shift
  if [[ ! -f "build/$preset/build.ninja" ]]; then
    say "configuring $preset"
    cmake --preset "$preset" >&2 || exit 70
  fi
  cmake --build "build/$preset" --parallel "$(build_jobs)" ${1+--target "$@"} >&2 || exit 70
}
