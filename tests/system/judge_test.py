"""The judge must be able to say no: each kind of fault, made by hand, is found."""

import json
import os
import tempfile
import unittest

import aws_wire
import judge
import objects


class JudgeTest(unittest.TestCase):
    def setUp(self):
        self.directory = tempfile.TemporaryDirectory()
        self.file = os.path.join(self.directory.name, "main.events")
        self.journal = os.path.join(self.directory.name, "deletes.jsonl")
        self.made = objects.mixture(8, 5, seed=1)
        self.frames = [
            b"<14>2024-01-16 17:02:56.220 host " + tag + b": " + text + b"\n"
            for one in self.made
            for tag, text in one.events
        ]

    def tearDown(self):
        self.directory.cleanup()

    def write(self, frames):
        with open(self.file, "wb") as file:
            file.write(b"".join(frames))

    def delete(self, index, size):
        one = self.made[index]
        body = aws_wire.s3_event(objects.BUCKET, objects.REGION, [(one.key, one.body)])
        with open(self.journal, "a", encoding="utf-8") as file:
            file.write(json.dumps({"message_id": "m", "body": body, "sizes": {self.file: size}}) + "\n")

    def judge(self, torn=0):
        return judge.Judge(self.made, {"main": self.file}, torn)

    def test_accepts_what_is_right(self):
        self.write(self.frames)
        self.delete(0, sum(map(len, self.frames[: len(self.made[0].events)])))
        found = self.judge()
        self.assertEqual(found.deleted_before_read(self.journal), 1)
        found.lost()
        found.order()
        found.duplicates_at_most(0)

    def test_finds_a_delete_one_byte_too_early(self):
        self.write(self.frames)
        self.delete(0, sum(map(len, self.frames[: len(self.made[0].events)])) - 1)
        with self.assertRaisesRegex(judge.Verdict, "INVARIANT"):
            self.judge().deleted_before_read(self.journal)

    def test_finds_a_lost_event(self):
        self.write(self.frames[:-1])
        with self.assertRaisesRegex(judge.Verdict, "LOST"):
            self.judge().lost()

    def test_finds_a_changed_byte(self):
        self.write([*self.frames[:-1], self.frames[-1].replace(b"o7r", b"o8r")])
        with self.assertRaisesRegex(judge.Verdict, "not an expected event"):
            self.judge()

    def test_finds_a_wrong_tag(self):
        self.write([self.frames[0].replace(b"cloud.aws.cloudtrail", b"cloud.aws.cloudtrial"), *self.frames[1:]])
        with self.assertRaisesRegex(judge.Verdict, "not an expected event"):
            self.judge()

    def test_finds_disorder_within_an_object(self):
        count = max(range(8), key=lambda index: len(self.made[index].events))
        begin = sum(len(one.events) for one in self.made[:count])
        frames = list(self.frames)
        frames[begin], frames[begin + 1] = frames[begin + 1], frames[begin]
        self.write(frames)
        with self.assertRaisesRegex(judge.Verdict, "ORDER"):
            self.judge().order()

    def test_counts_duplicates(self):
        self.write([*self.frames, self.frames[0], self.frames[0]])
        self.judge().duplicates_at_most(2)
        with self.assertRaisesRegex(judge.Verdict, "DUPLICATES"):
            self.judge().duplicates_at_most(1)

    def test_allows_only_as_many_torn_lines_as_were_announced(self):
        self.write([self.frames[0][:20] + b"\n", *self.frames])
        self.judge(torn=1).lost()
        with self.assertRaisesRegex(judge.Verdict, "not an expected event"):
            self.judge()

    def test_finds_a_secret(self):
        self.write([b"Authorization: s3cr3t\n"])
        with self.assertRaisesRegex(judge.Verdict, "SECRET"):
            judge.no_secret_in([self.file], ["s3cr3t"])


if __name__ == "__main__":
    unittest.main()
