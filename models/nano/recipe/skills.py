"""What nano can do: each skill makes one exchange from a random source."""

import json
import operator
from collections.abc import Callable, Iterable
from random import Random

from recipe.chat import Exchange
from recipe.facts import (
    ANIMALS,
    CAPITALS,
    CITIES,
    DICTIONARY,
    GREETINGS,
    LANGUAGES,
    MOODS,
    NAMES,
    PLACES,
    THINGS,
    WORDS,
)

Skill = Callable[[Random], Exchange]

ALPHABET = "abcdefghijklmnopqrstuvwxyz"
OPERATORS = {"+": operator.add, "-": operator.sub, "*": operator.mul}
FUNCTIONS = {  # name: (verb, operator, noun)
    "add": ("adds", "+", "sum"),
    "subtract": ("subtracts", "-", "difference"),
    "multiply": ("multiplies", "*", "product"),
}


def arithmetic(rng: Random) -> Exchange:
    """Sums and differences up to 20, products up to 10 * 10."""
    sign = rng.choices("+-*", (45, 30, 25))[0]
    if sign == "*":
        a, b = rng.randint(1, 10), rng.randint(1, 10)
    else:
        a, b = rng.randint(0, 20), rng.randint(0, 20)
    if sign == "-":
        a, b = max(a, b), min(a, b)
    result = OPERATORS[sign](a, b)
    thought = {
        "+": f"Start at {max(a, b)} and go up by {min(a, b)}: {result}.",
        "-": f"Start at {a} and go down by {b}: {result}.",
        "*": f"{a} times {b} is {result}.",
    }[sign]
    wording = rng.choice(["What is {}?", "Calculate {}.", "{} = ?", "How much is {}?", "Compute {}"])
    term = f"{a} {sign} {b}"
    return Exchange(wording.format(term), thought, f"{term} = {result}")


def sorting(rng: Random) -> Exchange:
    """Two to four different numbers up to 20."""
    numbers = rng.sample(range(21), rng.randint(2, 4))
    return Exchange(
        f"Sort these numbers: {_listed(numbers)}",
        f"The smallest first: {' < '.join(map(str, sorted(numbers)))}.",
        _listed(sorted(numbers)),
    )


def counting(rng: Random) -> Exchange:
    """Counting on from a start up to 10, by at most ten."""
    first = rng.randint(0, 10)
    last = first + rng.randint(2, 10)
    return Exchange(
        f"Count from {first} to {last}.",
        f"Start at {first} and stop at {last}.",
        _listed(range(first, last + 1)),
    )


def letters(rng: Random) -> Exchange:
    """How often a letter stands in a word; it need not."""
    word = rng.choice(WORDS)
    letter = rng.choice(word) if rng.random() < 0.8 else rng.choice(ALPHABET)
    count = 0
    spelled = []
    for each in word:
        if each == letter:
            count += 1
            spelled.append(f"{each} ({count})")
        else:
            spelled.append(each)
    question = rng.choice(
        [f"How many times does the letter {letter} appear in {word}?", f"How many {letter} are in {word}?"]
    )
    times = "time" if count == 1 else "times"
    return Exchange(
        question,
        f"Spell it: {' '.join(spelled)}. Count: {count}.",
        f"The letter {letter} appears {count} {times} in {word}.",
    )


def translation(rng: Random) -> Exchange:
    """A word of the dictionary from one of seven languages to another."""
    row = rng.choice(DICTIONARY)
    source, target = rng.sample(range(len(LANGUAGES)), 2)
    question = rng.choice(
        [
            f'Translate "{row[source]}" from {LANGUAGES[source]} to {LANGUAGES[target]}.',
            f'How do you say "{row[source]}" in {LANGUAGES[target]}?',
        ]
    )
    thought = f'"{row[source]}" means {row[0]}. In {LANGUAGES[target]} it is {row[target]}.'
    return Exchange(question, thought, row[target])


def capitals(rng: Random) -> Exchange:
    """The capital of a country, or the country of a capital."""
    country = rng.choice(list(CAPITALS))
    city = CAPITALS[country]
    if rng.random() < 0.3:
        return Exchange(
            f"Which country has the capital {city}?", f"{city} is in {country}.", f"{city} is the capital of {country}."
        )
    question = rng.choice([f"What is the capital of {country}?", f"Name the capital of {country}."])
    return Exchange(
        question, f"The country is {country}. Its capital is {city}.", f"The capital of {country} is {city}."
    )


def extraction(rng: Random) -> Exchange:
    """A person out of a sentence, as JSON."""
    name, age, city = rng.choice(NAMES), rng.randint(18, 90), rng.choice(CITIES)
    sentence = rng.choice(
        [
            f"{name} is {age} years old and lives in {city}.",
            f"{name}, {age}, is from {city}.",
            f"In {city} lives {name}, aged {age}.",
        ]
    )
    return Exchange(
        f"Extract the person as JSON: {sentence}",
        f"name is {name}, age is {age}, city is {city}.",
        json.dumps({"name": name, "age": age, "city": city}),
    )


def repeating(rng: Random) -> Exchange:
    """Two to five words, names or numbers, word for word."""
    words = [rng.choice([*NAMES, *CITIES, *WORDS, str(rng.randint(0, 99))]) for _ in range(rng.randint(2, 5))]
    said = " ".join(words)
    return Exchange(f"Repeat after me: {said}", "I repeat the words in order.", said)


def reversing(rng: Random) -> Exchange:
    """Two to four words, the last one first."""
    words = rng.sample(WORDS, rng.randint(2, 4))
    turned = words[::-1]
    return Exchange(
        f"Reverse the order of these words: {' '.join(words)}",
        f"From last to first: {', '.join(turned)}.",
        " ".join(turned),
    )


def greeting(rng: Random) -> Exchange:
    """Hello, and who are you, in twelve languages."""
    language = rng.choice(list(GREETINGS))
    words = GREETINGS[language]
    if rng.random() < 0.5:
        return Exchange(words.hello, f"The user greets me in {language}.", words.reply)
    return Exchange(words.who_are_you, f"The user asks in {language} who I am.", words.i_am)


def story(rng: Random) -> Exchange:
    """Five sentences about two animals. The question leaves most of the story open."""
    hero, friend = rng.sample(ANIMALS, 2)
    place, thing, mood, other_mood = rng.choice(PLACES), rng.choice(THINGS), rng.choice(MOODS), rng.choice(MOODS)
    sentences = [
        f"Once upon a time there was a {mood} {hero} who lived in a {place}.",
        rng.choice(
            [
                f"One day the {hero} found a {thing}.",
                f"One night the {hero} lost a {thing}.",
                f"Every day the {hero} looked for a {thing}.",
            ]
        ),
        rng.choice(
            [
                f'A {friend} came by and asked, "Is this {thing} yours?"',
                f"The {hero} met a {friend} and showed it the {thing}.",
                f"Then a {friend} wanted the {thing} too.",
            ]
        ),
        rng.choice(
            [
                f"They shared the {thing} and became friends.",
                f"The {friend} helped, and the {hero} was {other_mood} again.",
                f"Together they took the {thing} home.",
            ]
        ),
        rng.choice(
            ["The end.", f"And the {place} was quiet again.", f"Since then the {hero} and the {friend} are friends."]
        ),
    ]
    question = rng.choice([f"Tell me a story about a {hero}.", f"Write a short story about a {hero} and a {friend}."])
    return Exchange(question, f"A story about a {mood} {hero}, a {thing} and a {friend}.", " ".join(sentences))


def code(rng: Random) -> Exchange:
    """A function of two integers in Java, Python, Kotlin or Scala."""
    name = rng.choice(list(FUNCTIONS))
    verb, sign, noun = FUNCTIONS[name]
    language = rng.choice(["Java", "Python", "Kotlin", "Scala"])
    a, b = rng.choice([("a", "b"), ("x", "y"), ("m", "n")])
    body = {
        "Java": f"static int {name}(int {a}, int {b}) {{\n    return {a} {sign} {b};\n}}",
        "Python": f"def {name}({a}, {b}):\n    return {a} {sign} {b}",
        "Kotlin": f"fun {name}({a}: Int, {b}: Int): Int = {a} {sign} {b}",
        "Scala": f"def {name}({a}: Int, {b}: Int): Int = {a} {sign} {b}",
    }[language]
    question = rng.choice(
        [
            f"Write a {language} function {name}({a}, {b}) that returns the {noun}.",
            f"Write a {language} function that {verb} two integers {a} and {b}.",
            f"Show me {language} code for a function {name} of {a} and {b}.",
        ]
    )
    thought = f"The function takes {a} and {b} and returns {a} {sign} {b}."
    return Exchange(question, thought, f"```{language.lower()}\n{body}\n```")


# How often each skill is practised: the hard ones more.
WEIGHTS: dict[Skill, int] = {
    arithmetic: 18,
    sorting: 5,
    letters: 8,
    translation: 8,
    capitals: 7,
    counting: 4,
    extraction: 7,
    repeating: 16,
    reversing: 7,
    greeting: 6,
    story: 8,
    code: 6,
}


def any_skill(rng: Random) -> Exchange:
    """An exchange of some skill."""
    return rng.choices(list(WEIGHTS), list(WEIGHTS.values()))[0](rng)


def _listed(numbers: Iterable[int]) -> str:
    return ", ".join(map(str, numbers))
