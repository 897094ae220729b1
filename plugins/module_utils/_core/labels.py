# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is PRIVATE to the collection: it may change in any release.

"""Classifies a number by the name of its field or the words before it: a phone number, a time, another kind of number. Pure, no I/O.

A name is split into words (``candidatePhone`` is candidate and phone, not a date); the last word with a known meaning decides (``phoneId`` is an id,
``orderPhone`` a phone). The name is additional evidence besides the shape of a number, never a substitute.
"""

from __future__ import annotations

import enum
import functools
import re

_WORD = re.compile(r"[A-Z]+(?![a-z])|[^\W\d_][^\W\d_A-Z]*")


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


class Label(enum.Enum):
    """The class of a number by its label."""

    NOTHING = "nothing"
    PHONE = "phone"
    TIME = "time"
    OTHER = "other"


_NUMBER = _words(
    """
    number numbers num nummer nummern numero número numéro no nr nos nº номер value values val text string str raw list items
    formatted display e s primary secondary default main home work private business office other alt is was ist lautet the of my your
    our her his their unter under at me us him them on to please now here direct contact contacts person
    """
)
_PHONE = _words(
    """
    phone phones telephone telephones telefon telefono teléfono telefone téléphone tel tél tels telef telnr mobile mobiles mobil
    mobiltelefon móvil movil cell cellphone cellular celular cellulare handy handynummer portable fax telefax msisdn ani dnis caller
    callerid calling callee dialed dialled dn whatsapp signal sms viber landline festnetz rufnummer ruf rückruf hotline sip sips
    callto phonebook e164 gsm tlf tlph puhelin puh телефон тел мобильный мобильного звонить факс 電話 電話番号 电话 手机 携帯 전화 휴대폰 โทร هاتف جوال
    טלפון נייד ph mob
    """
)
# In a sentence these precede a number; a field with such a name may also hold the time of a call.
_VERBS = _words(
    """
    call calls called callback dial ring reach anrufen ringe appeler appelez llamar llame chiamare bel ligar позвонить
    """
)
_TIME = _words(
    """
    time times timestamp ts date dates datetime epoch millis milliseconds seconds secs ms stamp created updated modified changed
    expires expiry expiration expired birthday birthdate birth dob born since until when seen start started end ended begin day year
    month week deadline due valid lastlogin login logout accessed added datum zeit zeitstempel uhrzeit geburtstag fecha hora data_ora
    heure дата время 日付 时间 日期
    """
)
_TIME_AS_LAST_WORD = frozenset({"at", "on"})  # verifiedAt, called_on
_OTHER = _words(
    """
    id ids uid uuid guid gid pid oid order orders invoice invoices ticket tickets case cases incident ref refs reference references
    account accounts acct customer customers client employee staff member membership contract contracts policy serial sn imei imsi
    iccid isbn issn ean upc gtin sku asin barcode tracking shipment parcel sendung sendungsnummer confirmation booking reservation
    transaction txn payment receipt iban bic swift card pan konto kontonummer blz passport license licence tax vat ssn tin zip zipcode
    postal postcode plz po rma version versions build revision port ip ipv4 host address size bytes length count total sum amount
    price cost balance quantity qty score weight height width duration offset index position seq sequence hash checksum crc md5 digest
    token code pin key lat latitude lon lng long longitude coordinates coords geo geolocation bestellung bestell bestellnummer auftrag
    auftrags auftragsnummer rechnung rechnungs rechnungsnummer kunden kundennummer kunde vertrag vertrags vertragsnummer aktenzeichen
    sessionid userid callid caseid orderid customerid clientid contactid agentid accountid memberid ticketid deviceid employeeid messageid
    transactionid connid meetingid conferenceid cookie etag nonce article artikel locator pnr flight flug room zimmer raum seat counter
    cliente steuer steuernummer sozialversicherungs sozialversicherungsnummer cpf cnpj rut nit curp aadhaar aadhar nric
    meeting conference zoom webinar webex passcode password passwort kennwort
    vorgang vorgangs vorgangsnummer commande facture dossier pedido factura fattura ordine заказ заказа счет договор 注文 订单 interaction
    session connection conversation request job batch lot item part asset model batchno matricule siret siren nif cif dni dbid
    """
)
# Their ids look like phone numbers.
MEETING_WORDS = _words("meeting meetingid conference conferenceid zoom webinar webex passcode")
_ENDINGS = ("phone", "telefon", "mobil", "handy")  # of words written in one: cellphone, mobiltelefon
_NUMBER_ENDINGS = ("nummer", "number", "numbers", "num", "nr", "no")
EXTENSION_WORDS = _words(
    """
    extension extensions extn ext exten extensión extensao extensão durchwahl dw nebenstelle nst apparat poste anexo interno ramal
    toestel anknytning klapka dahili доб добавочный внутренний 内線 分机 내선
    """
)


@functools.lru_cache(maxsize=4096)
def words_of(name: str) -> tuple[str, ...]:
    """The words of a name or a text in lower case: ``lastCallTime``, ``last_call_time`` and ``Last call: time`` alike."""
    return tuple(word.lower() for word in _WORD.findall(name[:200]))


def label_of(words: tuple[str, ...], *, sentence: bool = False) -> Label:
    """The class of the last word with a known meaning. ``sentence``: the words are in a text before the number."""
    for word in reversed(words):
        if sentence and word in _VERBS:
            return Label.PHONE
        if word == "id" and "caller" in words:
            return Label.PHONE  # telephones use this name for the caller's number
        label = Label.TIME if word in _TIME_AS_LAST_WORD and not sentence and len(words) > 1 else _label_of_word(word)
        if label is not Label.NOTHING:
            return label
        if word not in _NUMBER:
            break
    phones = any(_label_of_word(word) is Label.PHONE for word in words)
    return Label.PHONE if phones else Label.NOTHING


@functools.lru_cache(maxsize=4096)
def _label_of_word(word: str) -> Label:
    for known, label in ((_PHONE, Label.PHONE), (_TIME, Label.TIME), (_OTHER, Label.OTHER)):
        if word in known:
            return label
    if word.endswith(_ENDINGS):
        return Label.PHONE
    for ending in _NUMBER_ENDINGS:
        if word.endswith(ending) and len(word) > len(ending):
            return _label_of_word(word[: -len(ending)])
    return Label.NOTHING


def is_extension(words: tuple[str, ...]) -> bool:
    """Whether a field holds an extension: ``ext``, ``workPhoneExtension``, ``phoneext``, ``extensionNumber``; not ``text`` or ``extensionType``."""
    while words and words[-1] in _NUMBER:
        words = words[:-1]
    if not words:
        return False
    last = words[-1]
    return last in EXTENSION_WORDS or any(
        last.endswith(word) and _label_of_word(last[: -len(word)]) is Label.PHONE for word in ("ext", "extension", "durchwahl")
    )
