"""The AsyncAPI document: sound by the standard's own schema, whole, and saying of every event what readers ask."""

import copy
import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from libs.contracts.catalogue import ASYNCAPI, SPEAKERS, all_events, schema_of, spoken_by_all
from libs.contracts.envelope import Envelope
from libs.contracts.glossary import MEANINGS, tell_meanings

STANDARD = json.loads((Path(__file__).parent / "asyncapi-3.0.0.json").read_text(encoding="utf-8"))
Document = dict[str, Any]


@pytest.fixture(scope="module")
def document() -> Document:
    found: Document = yaml.load(ASYNCAPI.read_text(encoding="utf-8"), yaml.CSafeLoader)
    return found


def faults(document: Document) -> list[str]:
    return [
        f"{list(error.path)}: {error.message}" for error in jsonschema.Draft7Validator(STANDARD).iter_errors(document)
    ]


def test_it_is_asyncapi_3_by_the_standard_s_own_schema(document: Document) -> None:
    assert faults(document) == []


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("operations", "send_run_published_v1", "action"), "shout"),
        (("operations", "send_run_published_v1", "channel"), "run"),
        (("channels", "run_published_v1", "messages"), []),
        (("channels", "run_published_v1", "bindings", "amqp", "is"), "a tree"),
        (("components", "messages", "run_published_v1", "tags"), "run"),
        (("components", "messages", "run_published_v1", "examples"), [{"payload": {}, "more": 1}]),
        (("info", "title"), None),
    ],
)
def test_the_schema_sees_what_is_wrong(document: Document, path: tuple[str, ...], value: Any) -> None:
    bent = copy.deepcopy(document)
    place = bent
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    assert faults(bent) != []


def test_everything_it_refers_to_is_there(document: Document) -> None:
    missing = [reference for reference in references(document) if not stands(document, reference)]
    assert missing == []


def references(value: Any) -> list[str]:
    if isinstance(value, list):
        return [found for inner in value for found in references(inner)]
    if not isinstance(value, dict):
        return []
    own = [value["$ref"]] if isinstance(value.get("$ref"), str) else []
    return own + [found for inner in value.values() for found in references(inner)]


def stands(document: Document, reference: str) -> bool:
    if not reference.startswith("#/"):
        return (ASYNCAPI.parent / reference).is_file()
    place: Any = document
    for step in reference.removeprefix("#/").split("/"):
        place = place.get(step, {})
    return bool(place)


def test_each_event_has_one_speaker_a_record_it_is_about_and_its_order(document: Document) -> None:
    by_all = {event.routing_key() for event in spoken_by_all()}
    for key, event in all_events().items():
        name = key.replace(".", "_")
        message = document["components"]["messages"][name]
        assert message["x-tms-aggregate"] == key.partition(".")[0]
        assert message["x-tms-key-field"] in event.model_fields
        assert message["x-tms-ordered-by"] == "aggseq"
        speaker = document["operations"][f"send_{name}"]["x-tms-speaker"]
        assert (speaker in SPEAKERS) is (key not in by_all), key


def test_what_stays_inside_has_no_scope_and_what_is_told_has_its_own(document: Document) -> None:
    messages = document["components"]["messages"]
    assert messages["run_published_v1"]["x-tms-scope"] == "events:courses"
    assert messages["sync_succeeded_v1"]["x-tms-scope"] == "events:sync"
    assert [
        name for name in messages if name.startswith(("user_", "sign_in_")) and "x-tms-scope" in messages[name]
    ] == []


def test_each_example_is_an_event_that_a_reader_would_take(document: Document) -> None:
    """Given the example of every event, then it is valid by its frozen schema, by its class and as an envelope."""
    for key, event in all_events().items():
        (example,) = document["components"]["messages"][key.replace(".", "_")]["examples"]
        body = json.dumps(example["payload"]).encode()
        envelope = Envelope.from_bytes(body)
        validator = jsonschema.Draft202012Validator(schema_of(event), format_checker=jsonschema.FormatChecker())
        assert list(validator.iter_errors(envelope.data)) == [], key
        told = event.model_validate(envelope.data)
        assert (envelope.routing_key, envelope.aggid) == (key, told.aggregate_id)


def test_each_event_says_in_words_what_has_happened() -> None:
    assert [key for key, event in all_events().items() if not vars(event).get("__doc__")] == []


def test_each_field_says_what_it_means_and_nothing_is_explained_that_is_not_there() -> None:
    """A field that is named here lacks a line in `libs/contracts/glossary.py`."""
    envelope = tell_meanings(Envelope.model_json_schema())
    fields = [
        (model.get("title", ""), name, field)
        for schema in (envelope, *map(schema_of, all_events().values()))
        for model in (schema, *schema.get("$defs", {}).values())
        for name, field in model.get("properties", {}).items()
    ]
    assert sorted({f"{model}.{name}" for model, name, field in fields if not field.get("description")}) == []
    known = {name for _, name, _ in fields} | {f"{model}.{name}" for model, name, _ in fields}
    assert sorted(set(MEANINGS) - known) == []
