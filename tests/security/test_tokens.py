"""A token that proves nothing opens nothing: 401 for whatever is wrong with it, never a 500 and never a 200."""

import json
import time
from collections.abc import Callable
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.client import Answer, Client
from tests.security.signing import Publisher, hs256, jwk, rs256, unsigned, usual

STRANGER = rsa.generate_private_key(public_exponent=65537, key_size=2048)
HOUR = 3600
FIRST = {"alg": "RS256", "typ": "JWT", "kid": "first"}
Forge = Callable[[Publisher], str]


def ask(api: Client, token: str) -> Answer:
    """Read something that does not exist: 404 for whoever is let in."""
    return api.with_(authorization=f"Bearer {token}").get("/api/appointments/apt_none")


def public(publisher: Publisher, encoding: Encoding, form: PublicFormat) -> bytes:
    """The issuer's public key, as anyone can write it down."""
    return publisher.keys["first"].public_key().public_bytes(encoding, form)


def shared(secret: Callable[[Publisher], bytes]) -> Forge:
    """A token that is signed with what is public, in the hope that it is taken for a shared secret."""
    return lambda publisher: hs256({"alg": "HS256", "typ": "JWT", "kid": "first"}, usual(), secret(publisher))


def by_stranger(**header: Any) -> Forge:
    """A token of a stranger who says where the key is to be found."""
    return lambda _: rs256(FIRST | header, usual(), STRANGER)


def said(**claims: Any) -> Forge:
    """A correctly signed token that says something else."""
    return lambda publisher: publisher.token(**claims)


def headed(**header: Any) -> Forge:
    """A correctly signed token with another header."""
    return lambda publisher: publisher.token(header=header)


SUBJECT = PublicFormat.SubjectPublicKeyInfo
FORGED: dict[str, Forge] = {
    "no algorithm": lambda _: unsigned({"alg": "none", "kid": "first"}, usual()),
    "no algorithm, in capitals": lambda _: unsigned({"alg": "NONE", "kid": "first"}, usual()),
    "no algorithm, yet a signature": lambda p: rs256(FIRST | {"alg": "none"}, usual(), p.keys["first"]),
    "an empty signature": lambda _: unsigned(FIRST, usual()),
    "HS256 with the public key as PEM": shared(lambda p: public(p, Encoding.PEM, SUBJECT)),
    "HS256 with the PEM without its last line feed": shared(lambda p: public(p, Encoding.PEM, SUBJECT).rstrip()),
    "HS256 with the public key as PKCS 1": shared(lambda p: public(p, Encoding.PEM, PublicFormat.PKCS1)),
    "HS256 with the public key as DER": shared(lambda p: public(p, Encoding.DER, SUBJECT)),
    "HS256 with the published document": shared(lambda p: json.dumps(p.document["keys"][0]).encode()),
    "HS256 with nothing": shared(lambda _: b""),
    "RS384 where RS256 is meant": lambda p: rs256(FIRST | {"alg": "RS384"}, usual(), p.keys["first"]),
    "PS256 where RS256 is meant": lambda p: rs256(FIRST | {"alg": "PS256"}, usual(), p.keys["first"]),
    "a stranger's key under our name": by_stranger(),
    "a stranger's key, enclosed": by_stranger(jwk=jwk(STRANGER.public_key(), "first")),
    "a stranger's key set at an address": by_stranger(jku="http://127.0.0.1:9/jwks.json"),
    "a stranger's certificate at an address": by_stranger(x5u="http://127.0.0.1:9/cert.pem"),
    "a stranger's certificate, enclosed": by_stranger(x5c=["MIIB"]),
    "a critical header that nobody knows": headed(crit=["exp-not"], **{"exp-not": 1}),
    "a detached payload": headed(b64=False, crit=["b64"]),
    "an unknown key": headed(kid="never-published"),
    "a path for a key": headed(kid="../../../../etc/passwd"),
    "a query for a key": headed(kid="first' OR '1'='1"),
    "a file for a key": headed(kid="file:///dev/null"),
    "an empty name for a key": headed(kid=""),
    "a number for a key": headed(kid=1),
    "a list for a key": headed(kid=["first"]),
    "nothing for a key": headed(kid=None),
    "no algorithm named": lambda p: rs256({"typ": "JWT", "kid": "first"}, usual(), p.keys["first"]),
    "a list of algorithms": headed(alg=["RS256"]),
    "expired": said(exp=int(time.time()) - 1),
    "expired long ago": said(iat=0, exp=1),
    "expires at no number": said(exp="tomorrow"),
    "expires at an unreal number": said(exp=float("inf")),
    "expires never": said(exp=None),
    "not yet valid": said(nbf=int(time.time()) + HOUR),
    "issued in the future": said(iat=int(time.time()) + HOUR),
    "another issuer": said(iss="https://issuer.example"),
    "our issuer in a list": said(iss=["careslot-test"]),
    "our issuer with an ending": said(iss="careslot-test.example"),
    "another audience": said(aud="another-app"),
    "our audience among others": said(aud=["another-app", "careslot"]),
    "our audience in a list": said(aud=["careslot"]),
    "our audience as an object": said(aud={"careslot": True}),
    "a subject that is a number": said(sub=789),
    "a subject that is a list": said(sub=["a"]),
    "a subject that is an object": said(sub={"id": "a"}),
    "an empty subject": said(sub=""),
    "an unknown role": said(role="emperor"),
    "a role in capitals": said(role="ADMIN"),
    "a list of roles": said(role=["admin"]),
    "an object for a role": said(role={"admin": True}),
    "a number for a role": said(role=1),
    "an empty list for a role": said(role=[], **{"cognito:groups": ["admin"]}),
    "a number of groups": said(role=None, **{"cognito:groups": 7}),
    "a word for groups": said(role=None, **{"cognito:groups": "admin"}),
    "groups within groups": said(role=None, **{"cognito:groups": [["admin"], {"admin": 1}]}),
    "a list of hospitals": said(role="receptionist", hospital_id=["*"]),
    "an empty list of hospitals": said(role="receptionist", hospital_id=[], **{"custom:hospital_id": "*"}),
    "an object for a hospital": said(role="receptionist", hospital_id={"*": True}),
    "a number for a hospital": said(role="receptionist", hospital_id=0, **{"custom:hospital_id": "*"}),
    "true for a hospital": said(role="receptionist", hospital_id=True),
    "a list of hospitals from the user pool": said(role="receptionist", **{"custom:hospital_id": ["*"]}),
    "a list of locations": said(role="kiosk", location_id=["*"]),
    "a payload that is a list": lambda p: rs256(FIRST, [usual()], p.keys["first"]),
    "a payload that is no JSON": lambda p: rs256(FIRST, b"{", p.keys["first"]),
    "a payload without end": lambda p: rs256(FIRST, b'{"a":' * 1000, p.keys["first"]),
    "a header without end": lambda p: rs256(b"[" * 4000, usual(), p.keys["first"]),
    "a header that is no UTF-8": lambda p: rs256(b"\xff\xfe", usual(), p.keys["first"]),
    "a number without end": lambda p: rs256(FIRST, b'{"exp":' + b"9" * 5000 + b"}", p.keys["first"]),
    "two dots more": lambda p: p.token() + "..",
    "a blank within": lambda p: p.token().replace(".", ". ", 1),
    "longer than any token": lambda p: p.token(padding="x" * 9000),
    "as long as a header may be": lambda _: "a." * 100_000,
}


def test_the_issuers_token_opens(api: Client, publisher: Publisher) -> None:
    answer = ask(api, publisher.token())

    assert answer.status == 404


@pytest.mark.parametrize("forged", FORGED)
def test_a_forged_or_broken_token_opens_nothing(api: Client, publisher: Publisher, forged: str) -> None:
    answer = ask(api, FORGED[forged](publisher))

    assert (answer.status, answer.error["code"]) == (401, "unauthenticated")
    assert answer.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize("claim", ["exp", "iat", "iss", "aud", "sub", "role"])
def test_a_token_that_leaves_something_out_opens_nothing(api: Client, publisher: Publisher, claim: str) -> None:
    answer = ask(api, publisher.token(without=claim))

    assert (answer.status, answer.error["code"]) == (401, "unauthenticated")


@pytest.mark.parametrize("position", range(3))
def test_a_token_with_one_changed_part_opens_nothing(api: Client, publisher: Publisher, position: int) -> None:
    mine, other = publisher.token(role="patient").split("."), publisher.token(header={"typ": "at+jwt"}).split(".")

    changed = mine[:position] + other[position : position + 1] + mine[position + 1 :]
    answer = ask(api, ".".join(changed))

    assert (answer.status, answer.error["code"]) == (401, "unauthenticated")


@pytest.mark.usefixtures("publisher")
def test_a_token_names_no_address_that_is_read(api: Client) -> None:
    elsewhere = Publisher()
    elsewhere.keys["first"] = STRANGER

    answer = ask(api, rs256(FIRST | {"jku": elsewhere.url, "x5u": elsewhere.url}, usual(), STRANGER))

    assert (answer.status, elsewhere.reads) == (401, 0)
    elsewhere.close()


def test_a_refused_token_is_not_repeated_in_the_reply(api: Client, publisher: Publisher) -> None:
    token = publisher.token(role="emperor", sub="someone")

    answer = ask(api, token)

    assert not any(part in answer.body for part in [*token.split("."), "emperor", "someone"])
