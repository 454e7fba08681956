"""The screens: pages drawn by the server, kept alive by one stream, acted on with plain forms.

Nothing is decided here and nothing is kept: a page asks the owners, a form becomes a command, and who is signed in
is in the cookie. Every page works without JavaScript; the script only keeps it fresh.
"""
