"""Published marks of pages that somebody else than the site's author wrote, as one table.

A mark is a fixed phrase of a product's own page or a header that only it sends. The first row that
fits decides; rows go from what is surest to what is vaguest, and each asks for the place where its
phrase stands, so that an article which quotes the phrase is not taken for the page itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

_HEAD_WORDS: Final = 600  # a page's own words come first; a quotation seldom does
_FEW_WORDS: Final = 900  # a page that offers a domain has little else to say


@dataclass(frozen=True, slots=True)
class Page:
    """What marks are looked for in; all texts in lower case, ``html`` the whole source."""

    status: int
    headers: Mapping[str, str]
    title: str
    words: str
    html: str


@dataclass(frozen=True, slots=True)
class Mark:
    """One row: the kind of body, the place of the mark, the mark, and the product if it tells.

    ``place`` is ``title`` (contained), ``is_title`` (equal), ``starts`` (the title begins so),
    ``words`` (early in the text), ``short`` (the same, in a page of few words), ``html`` (in the
    source) or ``header`` (``name`` or ``name=part of the value``). ``error`` rows need a status
    of 400 or more, ``fine`` rows one below.
    """

    kind: str
    place: str
    text: str
    product: str = ""
    when: str = "any"

    def fits(self, page: Page) -> bool:
        """Whether the page carries this mark."""
        if self.when == "error" and page.status < 400:
            return False
        if self.when == "fine" and page.status >= 400:
            return False
        if self.place == "title":
            return self.text in page.title
        if self.place == "is_title":
            return self.text == page.title
        if self.place == "starts":
            return page.title.startswith(self.text)
        if self.place == "words":
            return self.text in page.words[:_HEAD_WORDS]
        if self.place == "short":
            return len(page.words) < _FEW_WORDS and self.text in page.words[:_HEAD_WORDS]
        if self.place == "header":
            name, equals, part = self.text.partition("=")
            return name in page.headers and (not equals or part in page.headers[name].lower())
        return self.text in page.html


def first_mark(page: Page) -> Mark | None:
    """The first mark that the page carries."""
    return next((mark for mark in MARKS if mark.fits(page)), None)


def error_product(page: Page) -> str:
    """The product whose built-in error page this is, '' when its marks are unknown."""
    if page.status < 400:
        return ""
    return next((mark.product for mark in ERROR_PAGES if mark.fits(page)), "")


_CHALLENGES: Final = (
    # The page for the blocked has the title of the page for the checked.
    Mark("block_page", "words", "sorry, you have been blocked", "cloudflare"),
    Mark("challenge", "header", "cf-mitigated", "cloudflare"),
    Mark("challenge", "header", "x-amzn-waf-action=challenge"),
    Mark("challenge", "header", "x-amzn-waf-action=captcha"),
    Mark("challenge", "header", "x-datadome=protected", when="error"),
    Mark("challenge", "is_title", "just a moment..."),
    Mark("challenge", "starts", "attention required! | cloudflare", "cloudflare"),
    Mark("challenge", "html", "/cdn-cgi/challenge-platform/", "cloudflare", "error"),
    Mark("challenge", "html", "captcha-delivery.com", when="error"),
    Mark("challenge", "html", "window._pxappid", when="error"),
    Mark("challenge", "html", 'id="px-captcha"'),
    Mark("challenge", "words", "press & hold to confirm you are a human"),
    Mark("challenge", "html", "awswafcookiedomainlist"),
    Mark("challenge", "html", "/.within.website/x/cmd/anubis"),
    Mark("challenge", "is_title", "making sure you're not a bot!"),
    Mark("challenge", "words", "checking your browser before accessing"),
    Mark("challenge", "words", "checking if the site connection is secure"),
    Mark("challenge", "title", "ddos-guard"),
    Mark("challenge", "title", "ddos protection by"),
    Mark("challenge", "is_title", "robot check"),
    Mark("challenge", "is_title", "verifying your browser"),
    Mark("challenge", "is_title", "one moment, please..."),
    Mark("challenge", "title", "are you a robot"),
    Mark("challenge", "is_title", "radware captcha page"),
    Mark("challenge", "is_title", "radware bot manager captcha"),
    Mark("challenge", "words", "verify you are human"),
    Mark("challenge", "words", "unusual traffic from your computer network"),
    Mark("challenge", "html", "google.com/recaptcha/", when="error"),
    Mark("challenge", "html", "hcaptcha.com/1/api.js", when="error"),
    Mark("challenge", "html", "challenges.cloudflare.com/turnstile", when="error"),
    Mark("challenge", "html", "_incapsula_resource", "imperva", "fine"),
)

_BLOCKS: Final = (
    Mark("block_page", "html", "incapsula incident id: ", "imperva"),
    Mark("block_page", "html", "_incapsula_resource", "imperva", "error"),
    Mark("block_page", "short", "the requested url was rejected. please consult with your administrator", "f5"),  # noqa: E501
    Mark("block_page", "short", "your support id is", "f5"),
    Mark("block_page", "title", "sucuri website firewall", "sucuri"),
    Mark("block_page", "words", "access denied - sucuri website firewall", "sucuri", "error"),
    Mark("block_page", "words", "the request is blocked.", when="error"),
    Mark("block_page", "title", "access denied | ", "cloudflare", "error"),
    Mark("block_page", "html", "errors.edgesuite.net", "akamai"),
    Mark("block_page", "words", "you don't have permission to access \"", "akamai", "error"),
    Mark("block_page", "words", "generated by cloudfront (cloudfront) request id", "cloudfront", "error"),  # noqa: E501
    Mark("block_page", "is_title", "not acceptable!", when="error"),
    Mark("block_page", "words", "this error was generated by mod_security"),
    Mark("block_page", "words", "generated by wordfence at "),
    Mark("block_page", "is_title", "request rejected"),
    Mark("block_page", "title", "web application firewall", when="error"),
    Mark("block_page", "words", "blocked by the web application firewall"),
    Mark("block_page", "words", "web page blocked! the page cannot be displayed", when="error"),
    Mark("block_page", "words", "your request has been blocked by a security", when="error"),
    Mark("block_page", "words", "request forbidden by administrative rules", "haproxy", "error"),
    Mark("block_page", "title", "barracuda", when="error"),
)  # fmt: skip

_DEBUG: Final = (
    Mark("debug_page", "html", "you're seeing this error because you have <code>debug = true</code>", "django"),  # noqa: E501
    Mark("debug_page", "html", "you\u2019re seeing this error because you have <code>debug = true</code>", "django"),  # noqa: E501
    Mark("debug_page", "title", "// werkzeug debugger", "werkzeug"),
    Mark("debug_page", "html", "<!-- debugger: werkzeug", "werkzeug"),
    Mark("debug_page", "html", "whoops! there was an error.", "laravel"),
    Mark("debug_page", "html", "window.ignite(", "laravel"),
    Mark("debug_page", "html", "window.ignite =", "laravel"),
    Mark("debug_page", "html", "facade\\ignition", "laravel"),
    Mark("debug_page", "html", "symfony\\component\\", "symfony", "error"),
    Mark("debug_page", "html", "yii\\base\\", "php", "error"),
    Mark("debug_page", "html", "cake\\http\\exception", "php", "error"),
    Mark("debug_page", "words", "a php error was encountered severity:", "php"),
    Mark("debug_page", "html", "tracy-bs", "php", "error"),
    Mark("debug_page", "html", "spatie\\laravelignition", "laravel"),
    Mark("debug_page", "title", "action controller: exception caught", "rails"),
    Mark("debug_page", "title", "routing error", "rails", "error"),
    Mark("debug_page", "html", "rails.root:", "rails", "error"),
    Mark("debug_page", "html", "symfony exception", "symfony", "error"),
    Mark("debug_page", "html", "sf-toolbar", "symfony", "error"),
    Mark("debug_page", "words", "server error in '/", "asp.net", "error"),
    Mark("debug_page", "title", "internal server error - asp.net", "asp.net"),
    Mark("debug_page", "words", "an unhandled exception occurred while processing the request", "asp.net"),  # noqa: E501
    Mark("debug_page", "html", "class='xdebug-error", "php"),
    Mark("debug_page", "html", 'class="xdebug-error', "php"),
    Mark("debug_page", "html", "<b>fatal error</b>:  ", "php"),
    Mark("debug_page", "html", "</b> on line <b>", "php"),
    Mark("debug_page", "words", "whitelabel error page this application has no explicit mapping", "tomcat"),  # noqa: E501
    Mark("debug_page", "html", "<pre>error: cannot ", "express", "error"),
    Mark("debug_page", "words", "/node_modules/", "express", "error"),
    Mark("debug_page", "html", "at module._compile (", "express", "error"),
    Mark("debug_page", "words", "type exception report", "tomcat", "error"),
    Mark("debug_page", "html", "\tat org.springframework.", "tomcat", "error"),
    Mark("debug_page", "html", "\tat org.apache.catalina.", "tomcat", "error"),
    Mark("debug_page", "html", "\tat java.base/", "", "error"),
    Mark("debug_page", "html", "caused by:</h3><pre>", "jetty", "error"),
    Mark("debug_page", "words", "goroutine 1 [running]", "", "error"),
    Mark("debug_page", "html", "rack::showexceptions", "rails", "error"),
    Mark("debug_page", "words", "traceback (most recent call last):", when="error"),
)  # fmt: skip

_DEFAULTS: Final = (
    Mark("default_page", "is_title", "welcome to nginx!", "nginx"),
    Mark("default_page", "title", "test page for the nginx http server", "nginx"),
    Mark("default_page", "title", "welcome to openresty", "openresty"),
    Mark("default_page", "title", "apache2 debian default page", "apache"),
    Mark("default_page", "title", "apache2 ubuntu default page", "apache"),
    Mark("default_page", "title", "apache2 default page", "apache"),
    Mark("default_page", "title", "apache http server test page", "apache"),
    Mark("default_page", "title", "http server test page powered by"),
    Mark("default_page", "title", "test page for the http server on"),
    Mark("default_page", "is_title", "test page for the apache http server", "apache"),
    Mark("default_page", "html", "<html><body><h1>it works!</h1></body></html>", "apache"),
    Mark("default_page", "title", "iis windows server", "iis"),
    Mark("default_page", "is_title", "iis windows", "iis"),
    Mark("default_page", "is_title", "iis7", "iis"),
    Mark("default_page", "is_title", "caddy works!", "caddy"),
    Mark("default_page", "words", "your web server is working. now make it work for you", "caddy"),
    Mark("default_page", "title", "placeholder page", "lighttpd"),
    Mark("default_page", "title", "welcome to your new lighttpd server", "lighttpd"),
    Mark("default_page", "title", "default parallels plesk"),
    Mark("default_page", "title", "domain default page"),
    Mark("default_page", "title", "web server's default page"),
    Mark("default_page", "words", "if you are seeing this message, the website for"),
    Mark("default_page", "html", "/cgi-sys/defaultwebpage.cgi"),
    Mark("default_page", "is_title", "default web site page"),
    Mark("default_page", "short", "hier entsteht eine neue internetpräsenz"),
    Mark("default_page", "short", "hier entsteht eine neue webseite"),
    Mark("default_page", "short", "hier entsteht eine neue website"),
    Mark("default_page", "title", "welcome to xampp", "apache"),
    Mark("default_page", "starts", "apache tomcat/", "tomcat", "fine"),
    Mark("default_page", "is_title", "success! your new web server is ready to use."),
    Mark("default_page", "title", "congratulations! | litespeed", "litespeed"),
    Mark("default_page", "is_title", "welcome to jetty", "jetty"),
    Mark("default_page", "short", "successfully started the nginx proxy manager", "nginx"),
    Mark("default_page", "title", "welcome to synology web station"),
    Mark("default_page", "title", "the install worked successfully! congratulations!", "django"),
    Mark("default_page", "words", "the install worked successfully! congratulations!", "django"),
)

_PARKED: Final = (
    Mark("parked", "html", "sedoparking.com"),
    Mark("parked", "html", "parkingcrew.net"),
    Mark("parked", "html", "bodis.com"),
    Mark("parked", "html", "parklogic.com"),
    Mark("parked", "html", "parking.godaddy.com"),
    Mark("parked", "html", "window.park ="),
    Mark("parked", "html", 'window.location.href="/lander"'),
    Mark("parked", "html", "dan.com/buy-domain"),
    Mark("parked", "html", "www.afternic.com/forsale"),
    Mark("parked", "html", "hugedomains.com/domain_profile"),
    Mark("parked", "title", "domain is for sale"),
    Mark("parked", "short", "this domain is for sale"),
    Mark("parked", "short", "this domain may be for sale"),
    Mark("parked", "short", "the domain is for sale"),
    Mark("parked", "short", "buy this domain"),
    Mark("parked", "short", "domain is parked"),
    Mark("parked", "short", "this domain has been registered"),
    Mark("parked", "short", "domain has expired"),
    Mark("parked", "short", "this domain name has been registered with"),
    Mark("parked", "title", "steht zum verkauf"),
    Mark("parked", "short", "diese domain steht zum verkauf"),
    Mark("parked", "short", "diese domain kaufen"),
    Mark("parked", "short", "ce nom de domaine est à vendre"),
    Mark("parked", "short", "ce domaine est à vendre"),
    Mark("parked", "short", "este dominio está en venta"),
    Mark("parked", "short", "este dominio está a la venta"),
    Mark("parked", "short", "questo dominio è in vendita"),
    Mark("parked", "short", "este domínio está à venda"),
    Mark("parked", "short", "deze domeinnaam is te koop"),
    Mark("parked", "short", "dit domein is te koop"),
    Mark("parked", "short", "ta domena jest na sprzedaż"),
    Mark("parked", "short", "домен продается"),
    Mark("parked", "short", "домен продаётся"),
    Mark("parked", "short", "このドメインは販売中"),
    Mark("parked", "short", "此域名出售"),
    Mark("parked", "short", "sedo domain parking"),
    Mark("parked", "short", "inquire about this domain"),
    Mark("parked", "short", "parked free, courtesy of"),
    Mark("parked", "short", "domain parked by"),
    Mark("parked", "short", "related searches privacy policy"),
)

_LISTINGS: Final = (
    Mark("directory_listing", "starts", "index of /", when="fine"),
    Mark("directory_listing", "starts", "directory listing for /", "python", "fine"),
    Mark("directory_listing", "starts", "directory: /", "jetty", "fine"),
    Mark("directory_listing", "starts", "directory listing of /", when="fine"),
    Mark("directory_listing", "html", 'href="/?c=n;o=d"', "apache", "fine"),
    Mark("directory_listing", "html", "[to parent directory]</a>", "iis", "fine"),
    Mark("directory_listing", "html", '<meta name="generator" content="caddy', "caddy", "fine"),
    Mark("directory_listing", "html", '<div class="meta" id="summary">', "caddy", "fine"),
)

MARKS: Final = (*_CHALLENGES, *_BLOCKS, *_DEBUG, *_LISTINGS, *_DEFAULTS, *_PARKED)

# Built-in error pages: whose page it is although no header says so.
ERROR_PAGES: Final = (
    Mark("error_page", "html", "<hr><center>openresty", "openresty"),
    Mark("error_page", "html", "<hr><center>nginx", "nginx"),
    Mark("error_page", "html", "<hr><center>cloudflare", "cloudflare"),
    Mark("error_page", "html", "cf-error-details", "cloudflare"),
    Mark("error_page", "html", "<address>apache", "apache"),
    Mark("error_page", "html", '<!doctype html public "-//ietf//dtd html 2.0//en">', "apache"),
    Mark("error_page", "html", "request forbidden by administrative rules.", "haproxy"),
    Mark("error_page", "html", "no server is available to handle this request.", "haproxy"),
    Mark("error_page", "html", "the server didn't respond in time.", "haproxy"),
    Mark("error_page", "html", "the server returned an invalid or incomplete response.", "haproxy"),
    Mark("error_page", "html", "your browser sent an invalid request.\n</body>", "haproxy"),
    Mark("error_page", "html", "you have sent too many requests in a given amount of time.\n</body>", "haproxy"),  # noqa: E501
    Mark("error_page", "html", "<p>guru meditation:", "varnish"),
    Mark("error_page", "html", "<p>varnish cache server</p>", "varnish"),
    Mark("error_page", "html", "generated by cloudfront", "cloudfront"),
    Mark("error_page", "html", "<!-- squid", "squid"),
    Mark("error_page", "html", "(squid", "squid"),
    Mark("error_page", "words", "reference #", "akamai"),
    Mark("error_page", "html", "<h3>apache tomcat", "tomcat"),
    Mark("error_page", "html", "powered by jetty", "jetty"),
    Mark("error_page", "html", "<h2>http error 4", "iis"),
    Mark("error_page", "html", "<p>http error 4", "iis"),
    Mark("error_page", "html", "<div id=\"header\"><h1>server error</h1></div>", "iis"),
    Mark("error_page", "html", "proudly powered by litespeed web server", "litespeed"),
    Mark("error_page", "html", "fastly error: ", "fastly"),
    Mark("error_page", "words", "upstream connect error or disconnect/reset before headers", "envoy"),  # noqa: E501
    Mark("error_page", "words", "no healthy upstream", "envoy"),
    Mark("error_page", "is_title", "csrf verification failed", "django"),
    Mark("error_page", "html", "<p>explain error codes are ", "python"),
    Mark("error_page", "html", "<title>4 0 4 not found", ""),
)  # fmt: skip
