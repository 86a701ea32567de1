"""Function words by language: they carry grammar, not the matter of a question.

Question words and modal verbs are among them, since a policy states what a question asks.
"""

_EN = """
a about above after again all also am an and any are aren as at be because been before being below
between both but by can cannot could couldn d did didn do does doesn doing don down during each
even few for from further get gets getting got had hadn has hasn have haven having he her here hers
herself him himself his how i if in into is isn it its itself just ll m may me might mine more most
must my myself need needs no nor not now of off on once one only onto or other ought our ours
ourselves out over own please re s same shall she should shouldn so some still such t than that the
their theirs them themselves then there these they this those through to too under until up upon us
ve very want wants was wasn we were weren what when where whether which while who whom whose why
will with within won would wouldn yet you your yours yourself yourselves hi hello hey dear thanks
thank regards
"""

_FR = """
a ai aie aient ainsi alors am après as assez au aucun aucune aujourd auquel aura aurai aurait aussi
autre autres aux avais avait avant avec avez avoir avons ayant beaucoup bien c ça car ce ceci cela
celle celles celui ces cet cette ceux chaque chez ci comme comment d dans de déjà depuis des dès
deux devrais devrait dois doit doivent donc dont du durant elle elles en encore entre es est et
étaient étais était été êtes être eu eux fait faire faut fois font hui ici il ils j je jusqu jusque
l la là laquelle le lequel les lesquelles leur leurs lors lorsque lui m ma mais me même mêmes merci
mes mien moi moins mon n ne ni non nos notre nous on ont or ou où par parce pas pendant peu peut
peuvent peux plus pour pourquoi pourrais pourrait pourriez pouvez puis puisque qu quand que quel
quelle quelles quels qui quoi s sa sans se sera serait ses si sien soi soit sommes son sont sous
suis sur t ta tant te tes toi ton tous tout toute toutes très trop tu un une vais va veut veux
voici voilà vont vos votre voudrais vous y bonjour bonsoir salut cordialement madame monsieur svp
"""

_DE = """
ab aber alle allem allen aller alles als also am an ander andere anderem anderen anderer anderes
auch auf aus bei beim bin bis bist bitte da dabei dadurch dafür dagegen daher dahin damit danach
dann daran darauf daraus darf darin darüber das dass daß davon dazu dein deine deinem deinen deiner
dem den denen denn der deren des deshalb dessen dich die dies diese diesem diesen dieser dieses dir
doch dort du durch dürfen ein eine einem einen einer eines einmal er es etwa etwas euch euer eure
für gab geben gegen gibt gilt habe haben hallo hat hatte hatten hier hin hinter ich ihm ihn ihnen
ihr ihre ihrem ihren ihrer ihres im in innerhalb ins ist ja jede jedem jeden jeder jedes jene jetzt
kann kannst kein keine keinem keinen keiner können könnte könnten könnt leider man mein meine
meinem meinen meiner meines mich mir mit möchte möchten muss müssen musste nach nicht nichts noch
nun nur ob oder ohne sehr sein seine seinem seinen seiner seit sich sie sind so sobald sofern soll
sollen sollte sollten sondern sonst über um und uns unser unsere unserem unseren unserer unter vom
von vor wann war waren warum was weil weiter welche welchem welchen welcher welches wem wen wenn
wer werde werden wessen wie wieder wieso will wir wird wo wohin wollen worden wurde wurden würde
würden zu zum zur zwar zwischen danke vielen dank grüße grüßen guten freundlichen
"""

_ES = """
a acá ahora al algo algún alguna algunas alguno algunos allí ante antes aquel aquella aquello aquí
así aún aunque bajo bien cada casi como cómo con contra cual cuál cuales cuáles cualquier cuando
cuándo cuánta cuántas cuanto cuánto cuántos de debe debo deben del desde donde dónde dos durante e
el él ella ellas ellos en entonces entre era eran eres es esa esas ese eso esos está están estaba
estado estamos estar estas este esto estos estoy esta fue fueron ha haber había habían hace hacer
han has hasta hay he hemos hola igual la las le les lo los luego más me mi mía mientras mío mis mí
misma mismo mucho muchas gracias muy nada ni ningún ninguna no nos nosotros nuestra nuestras
nuestro nuestros o os otra otras otro otros para pero poco podría podrían porque por pueda puede
pueden puedo pues que qué quien quién quienes quiero quisiera se sea según ser será si sí sido
siempre sin sobre sois solo sólo somos son soy su sus suya suyo tal también tampoco tan tanto te
tendría tener tenemos tengo ti tiene tienen todo toda todas todos tras tu tú tus un una unas uno
unos usted ustedes vosotros voy va y ya yo buenos buenas saludos cordial estimados favor
"""

_NL = """
aan aangezien achter af al alle alleen als altijd ander andere anders ben bent bij binnen dan dat
de deze die dit doe doen door dus echter een eens eigenlijk elk elke en er erg even ga gaan geen
geweest ging haar had hadden heb hebben hebt heeft heel hem hen het hier hij hoe hoeveel hun ik in
is iets ieder iedere iemand ja je jij jou jouw jullie kan kon konden krijg krijgen kun kunnen kunt
maar mag me meer men met mij mijn mocht moest moet moeten mogen na naar niet niets nog nou nu of om
omdat onder ons onze ook op over per sinds te tegen ten ter terwijl toch toen tot tussen u uit uw
van vanaf veel voor vooral waar waarom wanneer waren want was wat we weer wel welk welke werd
werden wie wij wil wilde willen wordt worden wou zal ze zeer zelf zich zij zijn zo zoals zou zouden
zonder graag alvast bedankt beste goedemiddag goedemorgen groet groeten hallo hoi vriendelijke dank
"""

_IT = """
a abbia abbiamo ad agli ai al alla alle allo allora altra altre altri altro anche ancora avere
aveva avete avuto c ce che chi ci ciao cioè come con contro cosa così cui d da dagli dai dal dalla
dalle dallo degli dei del dell della delle dello dentro deve devo di dopo dove dovrei due durante e
è ecco ed era erano essere fa fare fatto fino fra già gli grazie ha hai hanno ho i il in invece io
l la le lei li lo loro lui ma mai me mentre mi mia mie miei mio molto ne negli nei nel nell nella
nelle nello no noi non nostra nostre nostri nostro o ogni ora per perché perchè però più po poi
posso possono potete potrei prima può qual quale quali qualche quando quanta quante quanti quanto
quella quelle quelli quello questa queste questi questo qui s sarà se sei sempre senza si sì sia
siamo siete sono sopra sotto sta stato su sua sue sugli sui sul sulla sulle sullo suo suoi tra tu
tua tue tuo tuoi tutta tutte tutti tutto un un' una uno va vi voglio voi vorrei vostra vostre
vostri vostro buongiorno buonasera salve cordiali saluti gentili favore prego
"""

_PL = """
a aby ale ani aż bardzo bez bo by być był była było były będą będę będzie chcę chce chciałabym
chciałbym ci cię co czego czemu czy czyli dla do dlaczego dobry gdy gdzie go i ich ile im innych
inny iż ja jak jaka jaką jaki jakie jakich jakiego jako je jeden jednak jego jej jest jestem
jeszcze jeśli jeżeli już każda każdy kiedy kim kto która którą które którego której który których
którzy lub ma mają mam mamy mi mieć między mną mnie mogą mogę moich moim moja moją moje mojego
mojej może możecie można mój mu musi muszę my na nad nam nami nas nasz nasza nasze nawet nich nie
niego niej nim niż no o od on ona one oni ono oraz pan pana pani po pod podczas poza przed przede
przez przy sam są się skąd swoje swój ta tak taka taki takie także tam te tego tej ten też to tobie
tu tutaj twoje ty tych tylko tym u w was wasz wasza wam we więc właśnie wszystkie wszystko wy z za
ze że żeby dzięki dziękuję dziekuje witam cześć pozdrawiam poważaniem proszę szanowni państwo
"""


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


STOP_WORDS: dict[str, frozenset[str]] = {
    "en": _set(_EN),
    "fr": _set(_FR),
    "de": _set(_DE),
    "es": _set(_ES),
    "nl": _set(_NL),
    "it": _set(_IT),
    "pl": _set(_PL),
}
