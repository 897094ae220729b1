# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is PRIVATE to the collection: it may change in any release.

from __future__ import annotations


class ModuleDocFragment:
    """Options of module_utils._module.argspec.gws_spec."""

    DOCUMENTATION = r"""
options:
  gws_url:
    description:
      - Address of GWS, like V(https://gws.example.com:8090). If there are several, the next one is tried when one can't be reached.
      - If not set, the environment variable E(GWS_PII_GWS_URL) is used.
    type: list
    elements: str
    required: true
    aliases: [gws]
  gws_username:
    description:
      - GWS user with the admin role.
      - If not set, the environment variable E(GWS_PII_GWS_USERNAME) is used.
    type: str
  gws_password:
    description:
      - Password of O(gws_username).
      - If not set, the environment variable E(GWS_PII_GWS_PASSWORD) is used.
    type: str
    aliases: [gws_user_password]
  gws_headers:
    description:
      - Additional headers for every request to GWS, as a mapping or as JSON.
      - The module fetches and renews CSRF headers by itself.
      - If not set, the environment variable E(GWS_PII_GWS_HEADERS) is used.
    type: raw
    aliases: [gws_additional_headers]
  gws_validate_certs:
    description:
      - Whether to verify the certificate of GWS.
      - If not set, the environment variable E(GWS_PII_GWS_VALIDATE_CERTS) is used.
    type: bool
    default: true
  gws_ca_cert:
    description:
      - PEM file with the CA certificates that signed the certificate of GWS. Defaults to E(REQUESTS_CA_BUNDLE) or those of the library certifi.
      - If not set, the environment variable E(GWS_PII_GWS_CA_CERT) is used.
    type: path
  gws_client_cert:
    description:
      - PEM file with a client certificate (and key, unless O(gws_client_key) is given).
      - If not set, the environment variable E(GWS_PII_GWS_CLIENT_CERT) is used.
    type: path
  gws_client_key:
    description:
      - PEM file with the key of O(gws_client_cert).
      - If not set, the environment variable E(GWS_PII_GWS_CLIENT_KEY) is used.
    type: path
  gws_connect_timeout:
    description:
      - Seconds to wait for a connection.
      - If not set, the environment variable E(GWS_PII_GWS_CONNECT_TIMEOUT) is used.
    type: float
    default: 10.0
  gws_request_timeout:
    description:
      - Seconds to wait for a complete response, from its first to its last byte.
      - If not set, the environment variable E(GWS_PII_GWS_REQUEST_TIMEOUT) is used.
    type: float
    default: 60.0
  gws_retries:
    description: How often to retry a request after a transient error. A write is retried only if reading the data shows that it was not done.
    type: int
    default: 3
  gws_parallel:
    description:
      - Number of requests to GWS that run at the same time, V(1) to V(32). Each setting is still confirmed, backed up, erased and read back in this order.
      - If GWS rejects requests because of overload, or takes several times as long as usual to respond, fewer requests run at the same time until it has
        recovered.
    type: int
    default: 4
  gws_requests_per_second:
    description: Maximum number of requests to GWS per second in total. V(0) means no limit.
    type: float
    default: 0.0
  gws_max_answer_mb:
    description: Maximum size of a response of GWS in MiB, also after decompression. The largest response is usually the list of all users.
    type: int
    default: 64
requirements:
  - Python >= 3.10
  - requests
  - phonenumbers
  - ahocorasick_rs
"""
