"""Names that lead nowhere, or to the wrong place."""

from __future__ import annotations

from tests.lab.case import Case

_OK = 'return 200 "<!doctype html><title>Shop</title><p>Welcome";'

CASES = (
    Case("dns-record-missing", "dns", "2230/record-missing", host="nowhere.site.test",
         says="ERR_NAME_NOT_RESOLVED {url}", named_by=(("curl", "not resolve host"),)),
    Case("dns-domain-gone", "dns", "2230/domain-gone", host="www.no-such-shop.test",
         says="Could not resolve host {url}", named_by=(("curl", "not resolve host"),)),
    Case("dns-servfail-lame", "dns", "2231/*", host="www.lame.example",
         says="our site cannot be found any more {url}"),
    Case("dns-servfail-dnssec", "dns", "2234/*", host="www.bogus.test",
         says="some people cannot open {url}"),
    Case("dns-refused", "dns", "2239/*", host="www.filtered.test", says="does not load {url}"),
    Case("dns-blocked-address", "dns", "2239/blocked-address", host="ads.test",
         zone=("ads IN A 0.0.0.0",), says="does not open at my office {url}"),
    Case("dns-timeout", "dns", "2233/*", host="www.silent.test",
         says="Temporary failure in name resolution {url}"),
    Case("dns-nodata", "dns", "2232/*", host="mailonly.test", zone=("mailonly IN MX 10 site",),
         says="the name has no address {url}"),
    Case("dns-dangling-cname", "dns", "2235/*", host="old.test",
         zone=("old IN CNAME app.gone-provider.test.",), says="DNS_PROBE_FINISHED_NXDOMAIN {url}"),
    Case("dns-cname-loop", "dns", "2235/*", host="ring.test",
         zone=("ring IN CNAME gnir", "gnir IN CNAME ring"), says="name resolution fails {url}"),
    Case("dns-private", "dns", "2237/*", host="intra.test", zone=("intra IN A 10.20.30.40",),
         says="works in the office only {url}"),
    Case("dns-mixed-scope", "dns", "2237/*", host="both.test",
         zone=("both IN A 10.20.30.40", "both IN A 203.0.113.80"),
         says="times out now and then {url}"),
    Case("dns-www-missing", "dns", "2236/*", host="www.shop1.test", nginx=_OK,
         zone=("shop1 IN A 127.0.0.1",), also=("2230/record-missing",),
         says="with www it does not open: {url}"),
    Case("dns-apex-missing", "dns", "2236/*", host="shop2.test", nginx=_OK,
         zone=("www.shop2 IN A 127.0.0.1",), also=("2232/*", "2230/record-missing"),
         says="without www it does not open: {url}"),
)  # fmt: skip
