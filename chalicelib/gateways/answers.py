"""What became of a message that a provider was asked to take, when it was not simply taken."""


class Refused(Exception):
    """The provider will never take this message; asking again is of no use. The text is ours: it quotes nobody."""


class Gone(Refused):
    """There is nobody at that address any more, and nobody will be."""


class NotNow(Exception):
    """The provider has certainly not taken the message, and may do so later."""


class NoAnswer(Exception):
    """Nobody knows whether the provider has taken the message: the answer was lost."""
