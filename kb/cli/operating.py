"""``errordesk password``: what opens the operator's pages."""

from __future__ import annotations

import sys

import click


@click.command()
def password() -> None:
    """Hash a password for the operator's pages, and print the settings that open them.

    Asks for it twice on a terminal, else reads one line from standard input.
    """
    from webapp.operator.passwords import hashed

    if sys.stdin.isatty():
        given = click.prompt("Password", hide_input=True, confirmation_prompt=True, err=True)
    else:
        given = sys.stdin.readline().rstrip("\r\n")
    import secrets

    try:
        made = hashed(given)
    except ValueError as error:
        raise click.UsageError(str(error)) from None
    click.echo(f"ERRORDESK_OPERATOR_PASSWORD_HASH='{made}'")
    click.echo(f"ERRORDESK_SECRET_KEY='{secrets.token_hex(32)}'")
    click.echo("Keep a SECRET_KEY that is set already. In a compose file write $$ for $.", err=True)
