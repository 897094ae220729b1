# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is PRIVATE to the collection: it may change in any release.

from __future__ import annotations


class ModuleDocFragment:
    """Options of module_utils._module.argspec.cassandra_spec."""

    DOCUMENTATION = r"""
options:
  login_host:
    description:
      - Addresses of one or more Cassandra nodes.
      - If not set, the environment variable E(GWS_PII_CASSANDRA_HOSTS) is used.
    type: list
    elements: str
    aliases: [cass_hostname, contact_points]
  login_port:
    description:
      - The native (CQL) port. The Thrift port 9160 of the predecessor is not accepted.
      - If not set, the environment variable E(GWS_PII_CASSANDRA_PORT) is used.
    type: int
    default: 9042
    aliases: [cass_port]
  login_user:
    description:
      - Cassandra user, if Cassandra requires a login.
      - If not set, the environment variable E(GWS_PII_CASSANDRA_USERNAME) is used.
    type: str
    aliases: [cass_username]
  login_password:
    description:
      - Password of O(login_user).
      - If not set, the environment variable E(GWS_PII_CASSANDRA_PASSWORD) is used.
    type: str
    aliases: [cass_password]
  keyspace:
    description:
      - The keyspace of GWS.
      - If not set, the environment variable E(GWS_PII_CASSANDRA_KEYSPACE) is used.
    type: str
    default: sipfs
    aliases: [cass_keyspace]
  ssl:
    description:
      - Whether to connect to Cassandra with TLS.
      - If not set, the environment variable E(GWS_PII_CASSANDRA_SSL) is used.
    type: bool
    default: false
  ca_cert:
    description:
      - PEM file with the CA certificates that signed the certificates of the nodes. Defaults to the CA certificates of the system.
      - If not set, the environment variable E(GWS_PII_CASSANDRA_CA_CERT) is used.
    type: path
    aliases: [ssl_ca_certs]
  client_cert:
    description:
      - PEM file with the client certificate (and key, unless O(client_key) is given).
      - If not set, the environment variable E(GWS_PII_CASSANDRA_CLIENT_CERT) is used.
    type: path
    aliases: [ssl_cert]
  client_key:
    description:
      - PEM file with the key of O(client_cert).
      - If not set, the environment variable E(GWS_PII_CASSANDRA_CLIENT_KEY) is used.
    type: path
    aliases: [ssl_key]
  validate_certs:
    description:
      - Whether to verify the certificates of the nodes.
      - If not set, the environment variable E(GWS_PII_CASSANDRA_VALIDATE_CERTS) is used.
    type: bool
    default: true
  check_hostname:
    description:
      - Whether the certificate of a node must name the address at which it is reached.
      - If not set, the environment variable E(GWS_PII_CASSANDRA_CHECK_HOSTNAME) is used.
    type: bool
    default: true
  consistency_level:
    description:
      - How many replicas must answer each read. It is never lowered.
      - V(LOCAL_QUORUM) and V(LOCAL_ONE) miss data that only another data centre has. V(ALL) reads everything that any replica has.
    type: str
    choices: [ONE, TWO, THREE, QUORUM, ALL, LOCAL_QUORUM, LOCAL_ONE]
    default: QUORUM
  local_dc:
    description:
      - Name of the data centre whose nodes are queried.
      - If not set, the environment variable E(GWS_PII_CASSANDRA_LOCAL_DC) is used.
    type: str
  connect_timeout:
    description:
      - Seconds to wait for a connection.
      - If not set, the environment variable E(GWS_PII_CASSANDRA_CONNECT_TIMEOUT) is used.
    type: float
    default: 10.0
  request_timeout:
    description:
      - Seconds to wait for a page.
      - If not set, the environment variable E(GWS_PII_CASSANDRA_REQUEST_TIMEOUT) is used.
    type: float
    default: 20.0
requirements:
  - Python >= 3.10
  - cassandra-driver >= 3.30
  - phonenumbers
  - ahocorasick_rs
"""
