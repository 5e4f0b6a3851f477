#!/usr/bin/env python3
"""Style as a test: what STYLE.md promises and a machine can check.

usage: tidy.py ROOT CHECK [BUILD_DIRECTORY]

Each CHECK is one ctest case (see CMakeLists.txt here). A fault is one line `path:line: what is wrong and what to do`; the exit
code is 1 if there was one. Limits that a file may break with a reason stand in exceptions.txt.
"""

import concurrent.futures
import hashlib
import json
import os
import pathlib
import re
import subprocess
import sys

from cxx_scan import functions, without_comments, without_text

LIMITS = {
    # what: (lines of a header, lines of a source, lines of a function)
    "src": (300, 500, 60),
    "tests": (300, 800, 100),
    "bench": (300, 500, 60),
}
COLUMNS_MAX = 120
PARAMETERS_MAX = 5
CONSTRUCTOR_PARAMETERS_MAX = 8  # a part of the machine is given its seams one by one
FILES_PER_ROOM_MAX = 20  # names, a header and its source being one

# Words that say nothing, and what to do instead.
BANNED = {
    "manager": "say what it does: pool, table, schedule",
    "handler": "say what it does with the thing",
    "helper": "name the one idea it holds",
    "helpers": "name the one idea they hold",
    "util": "name the one idea it holds",
    "utils": "name the one idea they hold",
    "processor": "splitter, decoder, router, ...",
    "impl": "name what distinguishes this implementation",
    "common": "name what they have in common",
    "info": "name the thing",
    "data": "name the thing",
    "misc": "name the thing",
}

# Slow to compile, so each stays in the few files that need it; and the rooms that may.
HEAVY = {
    "nlohmann/": (3, {"base", "json"}),
    "CLI/": (3, {"app"}),
    "spdlog/": (0, set()),
    "yaml-cpp/": (6, {"config"}),
}

# Nothing in the tree names the machine it was written on, or the host of a package registry.
PRIVATE = re.compile(r"(?<![\w.}])/(work|root|home/\w+)/|/tmp/b-|pypi\.org|pythonhosted\.org|deb\.debian\.org")

SKIPPED_FOLDERS = {".git", "build", ".venv", "__pycache__"}


class Tree:
    def __init__(self, root):
        self.root = pathlib.Path(root).resolve()
        self.faults = []
        self.exceptions = {}
        for line in (self.root / "tests/tidy/exceptions.txt").read_text().splitlines():
            if line and not line.startswith("#"):
                what, _, reason = line.partition("|")
                rule, place = what.split()
                if not reason.strip():
                    self.fault("tests/tidy/exceptions.txt", 1, f"'{what.strip()}' gives no reason")
                self.exceptions[(rule, place)] = False

    def fault(self, path, line, text):
        self.faults.append(f"{path}:{line}: {text}")

    def excepted(self, rule, place):
        if (rule, place) in self.exceptions:
            self.exceptions[(rule, place)] = True
            return True
        return False

    def unused_exceptions(self, rules):
        for (rule, place), used in self.exceptions.items():
            if rule in rules and not used:
                self.fault("tests/tidy/exceptions.txt", 1, f"'{rule} {place}' is not needed any more: remove it")

    def files(self, *suffixes, under=""):
        found = []
        for folder, folders, names in os.walk(self.root / under):
            folders[:] = sorted(f for f in folders if f not in SKIPPED_FOLDERS)
            for name in sorted(names):
                if not suffixes or name.endswith(suffixes):
                    found.append((pathlib.Path(folder) / name).relative_to(self.root))
        return found

    def cxx(self, under=""):
        return [p for p in self.files(".h", ".cc", under=under) if p.parts[0] in LIMITS]

    def text(self, path):
        return (self.root / path).read_text(encoding="utf-8")


def rooms_table(tree):
    table = {}
    for line in tree.text("tests/tidy/rooms.txt").splitlines():
        if line and not line.startswith("#"):
            room, _, others = line.partition(":")
            table[room] = set(others.split())
    return table


def check_rooms(tree):
    """A room includes itself and the rooms of its line in rooms.txt, and CMake links the same."""
    table = rooms_table(tree)
    for path in tree.cxx("src"):
        if len(path.parts) != 3:
            tree.fault(path, 1, "a source lies in src/<room>/, no deeper")
            continue
        room = path.parts[1]
        if room not in table:
            tree.fault(path, 1, f"room '{room}' is not in tests/tidy/rooms.txt")
            continue
        for number, line in enumerate(tree.text(path).splitlines(), 1):
            match = re.match(r'\s*#\s*include\s+"([^"]+)"', line)
            if not match:
                continue
            other = match.group(1).split("/")[0]
            if not (tree.root / "src" / match.group(1)).exists() and "." in match.group(1):
                if other != "version.h":
                    tree.fault(path, number, f'"{match.group(1)}" is not a file under src/: include from the root')
            elif other != room and other not in table[room]:
                tree.fault(path, number, f"room '{room}' may not include room '{other}' (tests/tidy/rooms.txt)")
    cmake = {}
    for call in re.finditer(r"dray_room\((.*?)\)", tree.text("CMakeLists.txt"), re.S):
        words = call.group(1).split()
        others = set()
        if "ROOMS" in words:
            for word in words[words.index("ROOMS") + 1:]:
                if word.isupper():
                    break
                others.add(word)
        cmake[words[0]] = others
    for room in sorted(set(table) | set(cmake)):
        if table.get(room) != cmake.get(room):
            tree.fault("CMakeLists.txt", 1, f"room '{room}' has other arrows than in tests/tidy/rooms.txt")


def check_files(tree):
    """Prose at the top, one idea a file, lengths and widths, no leftovers."""
    stems = {}
    for path in tree.cxx():
        lines = tree.text(path).splitlines()
        header_max, source_max, _ = LIMITS[path.parts[0]]
        most = header_max if path.suffix == ".h" else source_max
        if len(lines) > most and not tree.excepted("lines", str(path)):
            tree.fault(path, len(lines), f"{len(lines)} lines, at most {most}: split it by idea")
        for number, line in enumerate(lines, 1):
            if len(line) > COLUMNS_MAX:
                tree.fault(path, number, f"{len(line)} columns, at most {COLUMNS_MAX}")
            if "\t" in line or line != line.rstrip():
                tree.fault(path, number, "tab or trailing space")
            if re.search(r"\bFIXME\b|\bXXX\b", line):
                tree.fault(path, number, "fix it, or write TODO(perf|security|cleanup|test): and a sentence")
            todo = re.search(r"\bTODO\b(.*)", line)
            if todo and not re.match(r"\((perf|security|cleanup|test)\): \S", todo.group(1)):
                tree.fault(path, number, "write TODO(perf|security|cleanup|test): and a sentence")
        has_header = path.suffix == ".cc" and (tree.root / path).with_suffix(".h").exists()
        is_test = path.parts[0] == "tests"
        if not has_header and not is_test and not (lines and lines[0].startswith("//")):
            tree.fault(path, 1, "begin with prose: what it is, who uses it, what it guarantees")
        if path.suffix == ".h":
            if "#pragma once" not in lines:
                tree.fault(path, 1, "#pragma once is missing")
            prose = next((i for i, l in enumerate(lines) if not l.startswith("//")), len(lines))
            if prose < 1:
                tree.fault(path, 1, "begin with prose: what it is, who uses it, what it guarantees, which threads")
        if path.parts[0] == "src":
            stems.setdefault(path.parts[1], set()).add(path.stem)
    for room, names in stems.items():
        if len(names) > FILES_PER_ROOM_MAX and not tree.excepted("room", f"src/{room}"):
            tree.fault(f"src/{room}", 1, f"{len(names)} files, at most {FILES_PER_ROOM_MAX}: the room has two ideas")
    tree.unused_exceptions({"lines", "room"})


def check_functions(tree):
    """Short functions with few parameters."""
    for path in tree.cxx():
        most = LIMITS[path.parts[0]][2]
        for function in functions(tree.text(path)):
            place = f"{path}:{function.name}"
            if function.lines > most and not tree.excepted("function", place):
                tree.fault(path, function.line, f"{function.name} has {function.lines} lines, at most {most}")
            names = function.name.split("::")
            constructor = names[-1] == names[-2] if len(names) > 1 else names[-1][0].isupper()
            parameters_max = CONSTRUCTOR_PARAMETERS_MAX if constructor else PARAMETERS_MAX
            if function.parameters > parameters_max and not tree.excepted("parameters", place):
                tree.fault(path, function.line, f"{function.name} has {function.parameters} parameters, "
                                                f"at most {parameters_max}: make an options struct")
    tree.unused_exceptions({"function", "parameters"})


def words_of(name):
    return [w.lower() for w in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+", name)]


def check_words(tree):
    """Names that say something; no private paths; heavy headers in few files."""
    declared = re.compile(r"^\s*(?:template\s*<[^;{]*>\s*)?(?:class|struct|union|enum(?:\s+class)?|namespace|using|concept)"
                          r"\s+(?:\[\[\w+\]\]\s+)?(\w+)(?=\s*(?:final\b|[:={;]|$))", re.M)
    for path in tree.cxx():
        names = [(path.stem, 1)]
        text = without_text(without_comments(tree.text(path)))
        for match in declared.finditer(text):
            names.append((match.group(1), text.count("\n", 0, match.start(1)) + 1))
        names += [(f.name.split("::")[-1], f.line) for f in functions(tree.text(path))]
        for name, line in names:
            for word in words_of(name):
                # Logger::info() names a level; data() is the standard library's word, and data is what a function may be about.
                product_word = word == "processor" and path.parent.name == "format"  # the product's names of formats
                own_word = word in ("info", "data") and name == word or word == "data" and name[0].islower()
                if word in BANNED and not own_word and not product_word and not tree.excepted("word", f"{path}:{name}"):
                    tree.fault(path, line, f"'{name}' holds the word '{word}': {BANNED[word]}")
    tree.unused_exceptions({"word"})

    for prefix, (most, rooms) in HEAVY.items():
        users = [p for p in tree.cxx("src") if re.search(r"#\s*include\s*<" + prefix, tree.text(p))]
        for path in users:
            if path.parts[1] not in rooms:
                tree.fault(path, 1, f"<{prefix}…> belongs to {' and '.join(sorted(rooms)) or 'no room'}: it is slow to compile")
            if path.suffix == ".h" and prefix != "yaml-cpp/":
                tree.fault(path, 1, f"<{prefix}…> in a header slows every file that includes it")
        if len(users) > most:
            tree.fault(users[0], 1, f"<{prefix}…> is in {len(users)} files, at most {most}")

    for path in tree.files():
        if path.parts[:2] == ("tests", "tidy") or path.suffix in (".gz", ".png"):
            continue
        try:
            lines = tree.text(path).splitlines()
        except UnicodeDecodeError:
            continue  # a sample of bytes
        for number, line in enumerate(lines, 1):
            if PRIVATE.search(line):
                tree.fault(path, number, "a path of one machine or a registry's host")


def check_catalogues(tree):
    """Every format of splitters.def has golden cases, of its own or of a predefined service that uses it."""
    path = "src/format/splitters.def"
    homes = {}  # the constant -> the product's name of the format, which its file bears
    for source in tree.cxx("src/format"):
        for match in re.finditer(r"^const Format (\w+)", tree.text(source), re.M):
            homes[match.group(1)] = source.stem
    golden = "\n".join(str(p) + "\n" + (tree.text(p) if p.suffix in (".yaml", ".yml", ".txt", ".json", ".cc") else "")
                       for p in tree.files(under="tests/golden"))
    for number, line in enumerate(tree.text(path).splitlines(), 1):
        match = re.match(r"DRAY_FORMAT\((\w+)\)", line)
        if not match:
            continue
        name = homes.get(match.group(1))
        if name is None:
            tree.fault(path, number, f"no file of src/format defines {match.group(1)}")
            continue
        users = [p.stem for p in tree.files(".yaml", under="services") if name in tree.text(p)]
        if not any(re.search(rf"\b{word}\b", golden) for word in [name, *users]) and not tree.excepted("golden", name):
            tree.fault(path, number, f"format '{name}' has no case under tests/golden")
    tree.unused_exceptions({"golden"})


def check_format(tree):
    """clang-format would change nothing."""
    files = [str(p) for p in tree.cxx()]
    run = subprocess.run(["clang-format-19", "--dry-run", "--ferror-limit=1", *files], cwd=tree.root, capture_output=True,
                         text=True, check=False)
    for match in re.finditer(r"^(\S+?):(\d+):\d+: \w+: (.*)", run.stderr, re.M):
        tree.fault(match.group(1), match.group(2), "not as clang-format-19 writes it: run tools/format")
    if run.returncode != 0 and not tree.faults:
        tree.fault(".clang-format", 1, run.stderr.strip())


def includes_of(tree, path, seen):
    for name in re.findall(r'^\s*#\s*include\s+"([^"]+)"', tree.text(path), re.M):
        other = pathlib.Path("src") / name
        if other not in seen and (tree.root / other).exists():
            seen.add(other)
            includes_of(tree, other, seen)
    return seen


def check_clang_tidy(tree, build):
    """clang-tidy over src/. A file that passed is not looked at again until it, a header of ours or .clang-tidy changes."""
    commands = json.loads((pathlib.Path(build) / "compile_commands.json").read_text())
    ours = sorted({pathlib.Path(c["file"]).relative_to(tree.root) for c in commands
                   if c["file"].startswith(str(tree.root / "src") + "/")})
    passed = pathlib.Path(build) / "clang-tidy-passed"
    passed.mkdir(exist_ok=True)

    def key(path):
        digest = hashlib.sha256((tree.root / ".clang-tidy").read_bytes())
        for part in sorted({path} | includes_of(tree, path, set())):
            digest.update(str(part).encode() + b"\0" + (tree.root / part).read_bytes())
        return digest.hexdigest()

    def look(path):
        stamp = passed / key(path)
        if stamp.exists():
            return
        run = subprocess.run(["clang-tidy-19", "--quiet", "-p", build, str(tree.root / path)], capture_output=True, text=True,
                             check=False)
        complaints = re.findall(r"^(\S+?):(\d+):\d+: (?:warning|error): (.*)", run.stdout, re.M)
        for where, line, what in complaints:
            where = pathlib.Path(where)
            tree.fault(where.relative_to(tree.root) if where.is_relative_to(tree.root) else where, line, what)
        if run.returncode != 0 and not complaints:
            tree.fault(path, 1, run.stdout + run.stderr)
        elif not complaints:
            stamp.touch()

    with concurrent.futures.ThreadPoolExecutor(min(2, os.cpu_count() or 1)) as pool:
        list(pool.map(look, ours))


CHECKS = {
    "rooms": check_rooms,
    "files": check_files,
    "functions": check_functions,
    "words": check_words,
    "catalogues": check_catalogues,
    "format": check_format,
    "clang-tidy": check_clang_tidy,
}


def main():
    if len(sys.argv) < 3 or sys.argv[2] not in CHECKS:
        print(__doc__, "\nCHECK is one of", ", ".join(CHECKS), file=sys.stderr)
        return 64
    tree = Tree(sys.argv[1])
    check = CHECKS[sys.argv[2]]
    check(tree, *sys.argv[3:4]) if check is check_clang_tidy else check(tree)
    faults = list(dict.fromkeys(tree.faults))
    for fault in faults:
        print(fault)
    print(f"{sys.argv[2]}: {len(faults)} faults")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
