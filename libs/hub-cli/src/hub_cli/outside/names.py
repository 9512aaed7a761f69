"""Names that are common in Romania, for invented people; given names by sex."""

from typing import Final

Names = tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]
"""Family names, given names of men, given names of women."""


def _each(text: str) -> tuple[str, ...]:
    return tuple(text.split())


ROMANIAN: Final[Names] = (
    _each(
        """Popa Popescu Pop Radu Ionescu Dumitru Stoica Stan Gheorghe Matei Ciobanu Rusu Constantin Marin
        Lazăr Mihai Ispas Dobre Moldovan Munteanu Oprea Florea Voicu Tudor Barbu Nistor Dinu Preda Toma
        Neagu Enache Sandu Cojocaru Cristea Manole Avram Mocanu Olteanu Anghel Iordache Ungureanu Ene Lupu
        Văduva Tănase Vasile Badea Simion Bălan Costea Mureșan Crăciun Ardelean Sârbu Petre Coman Filip
        Niculae Chiriac Bucur Manea Suciu Roman Petcu Grigore Dragomir Ștefan Țăranu Șerban Grosu Diaconu
        Marinescu Dumitrescu Georgescu Stănescu Vlad Albu Bogdan Negru Rotaru Ursu"""
    ),
    _each(
        """Andrei Alexandru Gabriel Ion Ștefan Mihai Cristian Daniel Marian Adrian Florin Constantin
        Gheorghe Vasile Nicolae Marius Ionuț Bogdan Vlad Radu Dan Sorin Cătălin Răzvan Petru Dumitru Ilie
        Paul Tudor Luca Matei David Victor Sebastian Octavian Liviu Viorel Doru Eugen Horia"""
    ),
    _each(
        """Maria Elena Ioana Ana Andreea Mihaela Alexandra Cristina Daniela Gabriela Alina Simona Raluca
        Monica Adriana Carmen Mariana Diana Camelia Oana Roxana Anca Larisa Denisa Georgiana Florentina
        Nicoleta Ecaterina Rodica Doina Iuliana Bianca Teodora Sofia Ilinca Irina Laura Corina Luminița
        Ruxandra"""
    ),
)

HUNGARIAN: Final[Names] = (
    _each(
        """Nagy Kovács Szabó Tóth Kiss Szász Balázs Bíró Fazakas Gál György Incze Jakab János Kelemen
        Lőrincz Lukács Mátyás Miklós Molnár Orbán Péter Sándor Simon Székely Tamás Török Varga Vass
        Zsigmond Fülöp Dénes Benedek Ambrus Bartalis Ferencz Csiszér"""
    ),
    _each(
        """István László Attila Zoltán Csaba Levente Sándor József Ferenc Gábor Imre Árpád Botond Szabolcs
        Zsolt Tibor Lajos Dénes Hunor Márton Örs Péter"""
    ),
    _each(
        """Erzsébet Ildikó Katalin Éva Zsuzsanna Mária Tünde Emese Réka Enikő Boglárka Noémi Orsolya
        Csilla Kinga Ágnes Judit Melinda Timea Anna Hanna Zsófia"""
    ),
)

FOREIGN: Final[Names] = (
    _each(
        """Smith Müller Rossi Demir Nguyen Kumar Ivanova-Petrov García Dubois Haddad Chen Kowalski
        O'Brien Bondarenko Shevchenko Ceban Rusnac Thapa Perera Khan"""
    ),
    _each("Thomas Marco Mehmet Minh Raj Pavel Carlos Julien Karim Wei Piotr Oleh Sean"),
    _each("Emma Giulia Ayşe Linh Priya Natalia Lucía Camille Leïla Mei Agnieszka Oksana Aoife"),
)

COMPANIES: Final[Names] = (
    _each("Agro Auto Bio Carpați Dacia Eco Euro Grup Inter Metal Mobil Nova Pro Tehno Trans Vest"),
    _each("Construct Consult Design Distribuție Impex Industrie Instal Logistic Serv Soft Trade"),
    ("SRL", "SRL", "SRL", "SA"),
)
"""The parts of the names of companies."""
