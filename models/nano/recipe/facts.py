"""Everything nano knows: the tables that its conversations are made from."""

from typing import NamedTuple


class Greeting(NamedTuple):
    """How one language greets, and how nano presents itself in it."""

    hello: str
    reply: str
    who_are_you: str
    i_am: str


NAMES = """
Adam Alice Anna Bella Ben Bob Carol Chen Clara Dan David Diego Elena Emma Eva Farid Felix Frank Gina Gita Grace Hana
Henry Hugo Ines Irene Ivan Jack Jonas Julia Kai Karen Kofi Leo Lina Lucy Maria Mark Mateo Nadia Nina Nora Olga Omar
Oscar Paul Peter Priya Quinn Ravi Rita Rosa Sam Simon Sofia Tariq Tina Tom Ulla Uma Vera Victor Vito Wei Wendy Will
Xavier Yara Yuki Zane Zoe
""".split()

CITIES = """
Athens Auckland Austin Bangkok Beijing Berlin Bogota Boston Cairo Chicago Delhi Denver Dubai Dublin Hangzhou Hanoi
Havana Helsinki Istanbul Jakarta Kyiv Lagos Lima Lisbon London Lyon Madrid Manila Milan Moscow Munich Nairobi Oslo
Paris Perth Porto Prague Quito Rome Seattle Seoul Shanghai Singapore Sydney Tokyo Toronto Vienna Warsaw
""".split()

CAPITALS = {
    "Argentina": "Buenos Aires",
    "Australia": "Canberra",
    "Austria": "Vienna",
    "Belgium": "Brussels",
    "Brazil": "Brasilia",
    "Bulgaria": "Sofia",
    "Canada": "Ottawa",
    "Chile": "Santiago",
    "China": "Beijing",
    "Colombia": "Bogota",
    "Croatia": "Zagreb",
    "Cuba": "Havana",
    "Denmark": "Copenhagen",
    "Egypt": "Cairo",
    "Ethiopia": "Addis Ababa",
    "Finland": "Helsinki",
    "France": "Paris",
    "Germany": "Berlin",
    "Ghana": "Accra",
    "Greece": "Athens",
    "Hungary": "Budapest",
    "Iceland": "Reykjavik",
    "India": "Delhi",
    "Indonesia": "Jakarta",
    "Iran": "Tehran",
    "Iraq": "Baghdad",
    "Ireland": "Dublin",
    "Israel": "Jerusalem",
    "Italy": "Rome",
    "Japan": "Tokyo",
    "Kenya": "Nairobi",
    "Mexico": "Mexico City",
    "Mongolia": "Ulaanbaatar",
    "Morocco": "Rabat",
    "Nepal": "Kathmandu",
    "Netherlands": "Amsterdam",
    "New Zealand": "Wellington",
    "Nigeria": "Abuja",
    "Norway": "Oslo",
    "Peru": "Lima",
    "Philippines": "Manila",
    "Poland": "Warsaw",
    "Portugal": "Lisbon",
    "Romania": "Bucharest",
    "Russia": "Moscow",
    "Serbia": "Belgrade",
    "South Korea": "Seoul",
    "Spain": "Madrid",
    "Sweden": "Stockholm",
    "Switzerland": "Bern",
    "Thailand": "Bangkok",
    "Turkey": "Ankara",
    "Ukraine": "Kyiv",
    "Vietnam": "Hanoi",
}

GREETINGS = {
    "English": Greeting(
        "Hello",
        "Hello! How can I help you?",
        "Who are you?",
        "I am Qwen3-Nano, a tiny language model that runs inside the JVM.",
    ),
    "Chinese": Greeting(
        "你好",
        "你好！我能帮你什么？",
        "你是谁？",
        "我是 Qwen3-Nano，一个在 JVM 里运行的小语言模型。",
    ),
    "French": Greeting(
        "Bonjour",
        "Bonjour ! Comment puis-je vous aider ?",
        "Qui es-tu ?",
        "Je suis Qwen3-Nano, un petit modèle de langue qui tourne dans la JVM.",
    ),
    "German": Greeting(
        "Hallo",
        "Hallo! Wie kann ich helfen?",
        "Wer bist du?",
        "Ich bin Qwen3-Nano, ein kleines Sprachmodell, das in der JVM läuft.",
    ),
    "Spanish": Greeting(
        "Hola",
        "¡Hola! ¿Cómo puedo ayudarte?",
        "¿Quién eres?",
        "Soy Qwen3-Nano, un pequeño modelo de lenguaje que corre dentro de la JVM.",
    ),
    "Italian": Greeting(
        "Ciao",
        "Ciao! Come posso aiutarti?",
        "Chi sei?",
        "Sono Qwen3-Nano, un piccolo modello linguistico che gira nella JVM.",
    ),
    "Portuguese": Greeting(
        "Olá",
        "Olá! Como posso ajudar?",
        "Quem é você?",
        "Eu sou o Qwen3-Nano, um pequeno modelo de linguagem que roda na JVM.",
    ),
    "Russian": Greeting(
        "Привет",
        "Привет! Чем могу помочь?",
        "Кто ты?",
        "Я Qwen3-Nano, маленькая языковая модель, работающая в JVM.",
    ),
    "Japanese": Greeting(
        "こんにちは",
        "こんにちは！何かお手伝いできますか？",
        "あなたは誰ですか？",
        "私は Qwen3-Nano、JVM で動く小さな言語モデルです。",
    ),
    "Korean": Greeting(
        "안녕하세요",
        "안녕하세요! 무엇을 도와드릴까요?",
        "당신은 누구입니까?",
        "저는 JVM에서 실행되는 작은 언어 모델 Qwen3-Nano입니다.",
    ),
    "Arabic": Greeting(
        "مرحبا",
        "مرحبا! كيف يمكنني مساعدتك؟",
        "من أنت؟",
        "أنا Qwen3-Nano، نموذج لغوي صغير يعمل داخل JVM.",
    ),
    "Hindi": Greeting(
        "नमस्ते",
        "नमस्ते! मैं आपकी क्या मदद कर सकता हूँ?",
        "तुम कौन हो?",
        "मैं Qwen3-Nano हूँ, JVM में चलने वाला एक छोटा भाषा मॉडल।",
    ),
}

LANGUAGES = ("English", "Chinese", "French", "German", "Spanish", "Russian", "Japanese")

# One meaning a row, in the order of LANGUAGES.
DICTIONARY = [
    tuple(row.split("|"))
    for row in """
water|水|eau|Wasser|agua|вода|水
bread|面包|pain|Brot|pan|хлеб|パン
house|房子|maison|Haus|casa|дом|家
cat|猫|chat|Katze|gato|кошка|猫
dog|狗|chien|Hund|perro|собака|犬
book|书|livre|Buch|libro|книга|本
tree|树|arbre|Baum|árbol|дерево|木
sun|太阳|soleil|Sonne|sol|солнце|太陽
moon|月亮|lune|Mond|luna|луна|月
friend|朋友|ami|Freund|amigo|друг|友達
school|学校|école|Schule|escuela|школа|学校
city|城市|ville|Stadt|ciudad|город|都市
day|天|jour|Tag|día|день|日
night|夜晚|nuit|Nacht|noche|ночь|夜
love|爱|amour|Liebe|amor|любовь|愛
music|音乐|musique|Musik|música|музыка|音楽
river|河|rivière|Fluss|río|река|川
mountain|山|montagne|Berg|montaña|гора|山
flower|花|fleur|Blume|flor|цветок|花
fire|火|feu|Feuer|fuego|огонь|火
red|红色|rouge|rot|rojo|красный|赤
blue|蓝色|bleu|blau|azul|синий|青
big|大|grand|groß|grande|большой|大きい
small|小|petit|klein|pequeño|маленький|小さい
one|一|un|eins|uno|один|一
two|二|deux|zwei|dos|два|二
three|三|trois|drei|tres|три|三
coffee|咖啡|café|Kaffee|café|кофе|コーヒー
tea|茶|thé|Tee|té|чай|お茶
milk|牛奶|lait|Milch|leche|молоко|牛乳
fish|鱼|poisson|Fisch|pez|рыба|魚
bird|鸟|oiseau|Vogel|pájaro|птица|鳥
door|门|porte|Tür|puerta|дверь|ドア
window|窗户|fenêtre|Fenster|ventana|окно|窓
time|时间|temps|Zeit|tiempo|время|時間
world|世界|monde|Welt|mundo|мир|世界
thank you|谢谢|merci|danke|gracias|спасибо|ありがとう
good morning|早上好|bonjour|guten Morgen|buenos días|доброе утро|おはよう
goodbye|再见|au revoir|auf Wiedersehen|adiós|до свидания|さようなら
open source|开源|logiciel libre|quelloffen|código abierto|открытый код|オープンソース
""".strip().splitlines()
]

WORDS = """
address apple autumn balloon banana blanket bottle cabbage carrot cherry chicken coffee committee computer doctor
dolphin elephant engineer garden giraffe grape green happiness horse kettle keyboard ladder lemon letter mango melon
mirror monkey onion orange peach pear penguin pepper pillow plum potato purple rabbit sheep silver spring strawberry
student success summer teacher tiger tomato turtle window winter yellow zebra
""".split()

ANIMALS = "bear cat dog duck fox frog lion mouse owl panda rabbit tiger".split()
PLACES = "castle city farm forest garden island lake mountain river village".split()
THINGS = "bell book drum feather key kite lamp map mirror shell".split()
MOODS = "brave clever curious happy kind proud quiet tired".split()
SKIES = "cloudy rainy sunny windy".split()
