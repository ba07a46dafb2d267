"""Our client writes what the documentation prints, and reads what it prints, in XML as in JSON."""

import json
import re
from datetime import datetime
from xml.etree.ElementTree import canonicalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.gateways.advancedmd import jsonwire, refusals, values, visits, xml
from chalicelib.gateways.advancedmd.elements import Element, message
from chalicelib.gateways.advancedmd.records import VisitData
from chalicelib.gateways.advancedmd.sign_in import Session, sign_in
from chalicelib.gateways.answers import NotNow
from tests.advancedmd.canned import SAMPLES, answering, sample
from tests.advancedmd.clients import at_server, credentials

wall = datetime.fromisoformat
SERVER_TIME = "2026-11-20T10:15:28.730"
READ = {"xml": xml.read, "json": jsonwire.read}
WRITE = {"xml": xml.write, "json": jsonwire.write}
WIRES = sorted(READ)


def same(one: bytes, other: bytes, wire: str) -> bool:
    """Whether two requests say the same, whenever they were sent."""
    texts = [re.sub(r'(msgtime"?[=:] ?)"[^"]+"', r'\1""', body.decode("latin-1").strip()) for body in (one, other)]
    told = [json.loads(text) if wire == "json" else canonicalize(text, strip_text=True) for text in texts]
    return told[0] == told[1]


@pytest.mark.parametrize("wire", WIRES)
def test_a_login_is_written_as_printed_and_sent_to_both_servers(wire: str) -> None:
    replies = [READ[wire]((SAMPLES / f"{name}.reply.{wire}").read_bytes()) for name in ("redirect", "welcome")]
    sent: list[tuple[str, Element]] = []
    first = "https://partnerlogin.advancedmd.com/practicemanager/xmlrpc/processrequest.aspx"
    names = {"office_key": "123456", "username": "API_USER", "password": "not-a-password", "app_name": "APPNAME"}

    def post(url: str, request: Element) -> Element:
        sent.append((url, request))
        return replies[len(sent) - 1]

    session = sign_in(credentials(first, **names), post)

    written = [WRITE[wire](Element("ppmdmsg", {**one.attributes, "msgtime": ""})) for _, one in sent]
    second = "https://providerapi.advancedmd.com/processrequest/api-101/APPNAME/xmlrpc/processrequest.aspx"
    assert session == Session("OPAQUETOKEN", second.removesuffix("/xmlrpc/processrequest.aspx"))
    assert session.rest == "https://providerapi.advancedmd.com/api/api-101/APPNAME"
    assert [url for url, _ in sent] == [first, second]
    assert all(same(one, (SAMPLES / f"login.request.{wire}").read_bytes(), wire) for one in written)


STRANGERS = [
    "https://advancedmd.com.elsewhere.example/processrequest/api-1/APP",
    "http://providerapi.advancedmd.com/processrequest/api-1/APP",
    "https://providerapi.advancedmd.com:8443/processrequest/api-1/APP",
    "https://user@providerapi.advancedmd.com/processrequest/api-1/APP",
    "https://providerapi.advancedmd.com/elsewhere",
    "https://notadvancedmd.com/processrequest/api-1/APP",
    "",
]


@pytest.mark.parametrize("webserver", STRANGERS)
def test_the_password_follows_no_redirect_to_a_stranger(webserver: str) -> None:
    reply = READ["xml"](
        (SAMPLES / "redirect.reply.xml")
        .read_bytes()
        .replace(b"https://providerapi.advancedmd.com/processrequest/api-101/APPNAME", webserver.encode())
    )
    asked: list[str] = []

    def post(url: str, _: Element) -> Element:
        asked.append(url)
        return reply

    with pytest.raises(refusals.SignInRefused):
        sign_in(credentials("https://partnerlogin.advancedmd.com/x"), post)

    assert asked == ["https://partnerlogin.advancedmd.com/x"]


@pytest.mark.parametrize("wire", WIRES)
def test_what_has_changed_is_asked_for_and_read_as_printed(wire: str) -> None:
    with answering(sample(f"updated.reply.{wire}")) as server:
        page = visits.changed_since(at_server(server.url, wire=wire), SERVER_TIME)

    (asked,) = server.asked
    changed = VisitData(
        id=6123,
        start=wall("2026-11-23T09:00"),
        minutes=15,
        status=0,
        patient_id=159,
        column="ROOM PEÑA",
        type_id=13,
        mark="C",
    )
    assert page.visits == (changed, VisitData(id=6124, mark="D"))
    assert (page.server_time, page.only_ids) == ("2026-11-20T10:20:43.113", False)
    assert same(asked.body, (SAMPLES / f"updated.request.{wire}").read_bytes(), wire)
    assert asked.headers["accept"] == asked.headers["content-type"] == {"xml": "text/xml"}.get(wire, "application/json")


@pytest.mark.parametrize(("name", "ids"), [("one.reply.json", [6123]), ("none.reply.json", [])])
def test_one_visit_is_an_object_in_json_and_none_is_null(name: str, ids: list[int]) -> None:
    with answering(sample(name)) as server:
        page = visits.changed_since(at_server(server.url, wire="json"), SERVER_TIME)

    assert [one.id for one in page.visits] == ids
    assert all(one.start is None for one in page.visits)  # 1900 is no time


BOMB = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><PPMDResults>&b;</PPMDResults>'
NONSENSE = [
    ("text/xml", BOMB),
    ("text/xml", b"<html><body>We are sorry</body></html>"),
    ("text/xml", b"<PPMDResults"),
    ("text/xml", b"<?xml version='1.0' encoding='no-such'?><PPMDResults/>"),
    ("application/json", b"[1, 2]"),
    ("application/json", b'{"a": 1, "b": 2}'),
    ("application/json", b"\xff"),
    ("application/json", b'{"PPMDResults":' + b'{"a":' * 9_000 + b"1" + b"}" * 9_001),
]


@pytest.mark.parametrize(("kind", "body"), NONSENSE)
def test_what_is_no_answer_of_theirs_is_no_answer(kind: str, body: bytes) -> None:
    with answering(sample("none.reply.json")._replace(kind=kind, body=body)) as server, pytest.raises(NotNow):
        visits.changed_since(at_server(server.url), SERVER_TIME)


@pytest.mark.parametrize(
    ("told", "meant"),
    [
        ("3/27/2026 8:25:28 AM", wall("2026-03-27T08:25:28")),
        ("03/27/2026", wall("2026-03-27")),
        ("2026-03-27T8:25:28.730", wall("2026-03-27T08:25:28.730")),
        ("06/14/2021 01:14P", wall("2021-06-14T13:14")),
        ("1900-01-01T00:00:00", None),
        ("0001-01-01T00:00:00", None),
        ("2026-02-30T00:00:00", None),
        ("            ", None),
        ("soon", None),
    ],
)
def test_a_time_is_read_in_every_form_in_which_it_is_told(told: str, meant: datetime | None) -> None:
    read = values.when(told)

    assert read == meant


@pytest.mark.parametrize("told", ["pat148", "148", " vst148 ", "ap_type148", "mprov148", 148])
def test_an_id_is_its_number_with_any_prefix(told: str | int) -> None:
    assert values.number(told) == 148


@pytest.mark.parametrize("code", ["-2147220479", "1025"])
def test_a_fault_has_one_meaning_in_both_its_forms(code: str) -> None:
    root = Element(
        "PPMDResults",
        {},
        (Element("Error", {}, (Element("Fault", {}, (Element("detail", {}, (Element("code", text=code),)),)),)),),
    )

    assert refusals.fault(root) == (1025, "")


NAMES = st.from_regex(r"[a-z]{1,8}", fullmatch=True)
TEXTS = st.text().map(values.plain).map(str.strip)


def grown(children: st.SearchStrategy[Element]) -> st.SearchStrategy[Element]:
    return st.builds(
        lambda name, attributes, inner, text: Element(
            name, attributes, tuple(sorted(inner, key=lambda one: one.name)), text
        ),
        NAMES,
        st.dictionaries(NAMES, TEXTS, max_size=3),
        st.lists(children, max_size=3),
        TEXTS,
    )


@pytest.mark.parametrize("wire", WIRES)
@given(
    tree=st.recursive(st.builds(Element, NAMES, st.dictionaries(NAMES, TEXTS, max_size=3), st.just(()), TEXTS), grown)
)
def test_whatever_is_written_reads_back_the_same(wire: str, tree: Element) -> None:
    read = READ[wire](WRITE[wire](tree))

    assert read == tree


def test_a_message_tells_its_action_before_anything_else() -> None:
    written = xml.write(message("lookupprofile", "api", {"name": "Ωmega & <sons>"}))

    assert written.splitlines()[1].startswith(
        b'<ppmdmsg action="lookupprofile" class="api" name="&#937;mega &amp; &lt;sons&gt;"'
    )
