"""The collector and the forms of notifications other than S3's own: who sends them is not S3, and what they name must
all arrive before they are deleted.
"""

import random

import aws_wire
import objects
from harness import QUEUE
from scenario import scenario


def put(bench, made):
    for one in made:
        bench.aws.put_object(objects.BUCKET, one.key, one.body)


def pairs(made):
    return [(one.key, one.body) for one in made]


@scenario(90)
def fdr_batch_of_two_objects(bench):
    """A message in CrowdStrike's form names two objects; both are delivered, then it is deleted. One of the keys
    would be another if it were decoded."""
    made = [objects.lines(0, 300, random.Random(41)), objects.custom(1, 300, random.Random(42))]
    bench.start_receiver()
    bench.start_cloud()
    put(bench, made)
    bench.aws.send_messages(QUEUE, [aws_wire.fdr_batch(objects.BUCKET, pairs(made))])
    bench.run_to_idle(bench.write_config())
    bench.expect_queue(0)
    assert bench.deletions() == 1
    bench.judge(made)


@scenario(120)
def every_form_of_notification(bench):
    """S3's own events, EventBridge's, FDR batches and CloudTrail's notices, plain and through SNS, mixed on one
    queue: everything arrives once, every message is deleted; what only announces is deleted too."""
    made = objects.mixture(48, 30, seed=43)
    bench.start_receiver()
    bench.start_cloud()
    put(bench, made)
    bodies = []
    for begin in range(0, len(made), 6):
        group = made[begin : begin + 6]
        bodies.append(aws_wire.s3_event(objects.BUCKET, objects.REGION, pairs(group[:1])))
        bodies.append(aws_wire.event_bridge(objects.BUCKET, objects.REGION, group[1].key, group[1].body))
        bodies.append(aws_wire.fdr_batch(objects.BUCKET, pairs(group[2:4])))
        bodies.append(aws_wire.delivery_notice(objects.BUCKET, [one.key for one in group[4:]]))
    bodies = [aws_wire.sns_envelope(body) if number % 3 == 0 else body for number, body in enumerate(bodies)]
    announcements = ["CloudTrail validation message.", aws_wire.fdr_batch(objects.BUCKET, [])]
    bench.aws.send_messages(QUEUE, bodies + announcements)
    bench.run_to_idle(bench.write_config())
    bench.expect_queue(0)
    assert bench.deletions() == len(bodies) + len(announcements)
    bench.judge(made)
