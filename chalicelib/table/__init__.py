"""The one table: what is kept in it under which key, and which question each index answers, on one screen.

Nobody formats a key elsewhere than in `keys` and, for the indexes, in `indexes`.

item                PK                    SK                      written by
------------------  --------------------  ----------------------  ------------------------------------
hospital            HOSPITAL#<id>         PROFILE                 people
location            LOCATION#<id>         PROFILE                 people
room                ROOM#<id>             PROFILE                 people
service             SERVICE#<id>          PROFILE                 people
doctor              DOCTOR#<id>           PROFILE                 people, scheduling (current schedule)
schedule version    DOCTOR#<id>           SCHEDULE#<version>      scheduling
fence               DOCTOR#<id>           FENCE                   scheduling: the schedule's version
day sheet           DOCTOR|ROOM|PATIENT#  DAY#<utc date>          scheduling: what is taken
patient             PATIENT#<id>          PROFILE                 people
patient's tally     PATIENT#<id>          TALLY                   scheduling: live holds, open appointments
likeness            LIKENESS#<digest>     PATIENTS                people: who shares name and phone, …
appointment         APPOINTMENT#<id>      APPOINTMENT             scheduling
number block        NUMBERS#<series>      BLOCK                   leased 50 at a time
caller's bucket     CALLER#<role>:<id>    BUCKET#<kind>           callers: how much was asked of late
API key             APIKEY#<id>           PROFILE                 callers: of another system
ended sign-ins      CALLER#<role>:<id>    SESSIONS                callers: all before an instant
ended sign-in       CALLER#<role>:<id>    SESSION#<its id>        callers
opened record       PATIENT#<id>          GLASS#<doctor id>#<at>  people: break-glass
audit entry         AUDIT#<date>#<shard>  <at>#<thing>#<change>   audit: the stream consumer, append-only
late entry's mark   AUDIT#LATE#<date>#<…> <place on time>         audit: the stream consumer
sighting            SIGHTING#<patient>    <hour>#<who>#<route>    audit: who was shown a patient's data
seal, latest seal   SEALS                 <until> | LATEST        audit: the sealer
topic               TOPIC#<topic>         HEAD | E#<version>      realtime: its version; what was said in it
change said once    TOPIC#<topic>         ID#<change>             realtime: so that a repeat says nothing
follower            TOPIC#<topic>         SUB#<connection id>     realtime: and SOCKET#<id> TOPIC#<topic>
connection          SOCKET#<id>           CONNECTION              realtime: and CALLER#<role>:<id> SOCKET#<id>
queue's line        QUEUE#<place>#<date>  LINE                    queue: the last number given
queue entry         QUEUE#<place>#<date>  ENTRY#<id>              queue: a patient's place
seat                QUEUE#<place>#<date>  SEAT#<doctor>#<pat.>    queue: a patient stands once in a queue
repeated call       QUEUE#<place>#<date>  CALL#<digest>           queue: whom an idempotency key has called
entry's place       QUEUEENTRY#<id>       PLACE                   queue: in which line an entry stands
pace                DOCTOR#<id>           PACE                    queue: minutes of the latest consultations
device              DEVICES#<role>:<id>   DEVICE#<id>             reminders: where pushed messages are shown
reminder, its plan  REMINDERS#<appoint.>  REMINDER#<id> | PLAN    reminders: what is told of a visit, when
address             ADDRESS#<chan>#<dig.> SUPPRESSED | TOLD#<id>  reminders: who wants none; what one may answer
link of a letter    LINK#<digest>         REMINDER                reminders: what its secret opens
patient's messages  PATIENT#<id>          TOLD#<local date>       reminders: which of them a day has brought
visit's room        VISITROOM#<id>        ROOM                    telehealth: whose visit, when, its secret
visitor             VISITROOM#<id>        PERSON#<who>            telehealth: who waits, is in, has left
AdvancedMD's office ADVANCEDMD#<office>   SESSION | BUDGET#<tier> advancedmd: one session, sealed; calls spoken for
link to AdvancedMD  APPOINTMENT#<id>      ADVANCEDMD              advancedmd: its visit, what is to be told of it
visit there         ADVANCEDMD#<office>   VISIT#<id>              advancedmd: whose it is
clinic's office     ADVANCEDMD            OFFICE                  advancedmd: which one it is, once it is settled
office's settings   ADVANCEDMD#<office>   SETTINGS                advancedmd: what is kept in step, where, how often
patient's link      PATIENT#<id>          ADVANCEDMD              advancedmd: which of its patients this is
patient there       ADVANCEDMD#<office>   PATIENT#<number>        advancedmd: whose it is
doctor there        ADVANCEDMD#<office>   DOCTOR#<profile>        advancedmd: whose profile it is
inbox               ADVANCEDMD#<office>   INBOX#<visit> | CURSOR  advancedmd: what it has told; how far that was heard
run                 ADVANCEDMD#<office>   RUN#<id>                advancedmd: what is done together; how far that is
run begun once      ADVANCEDMD#<office>   RUNKEY#<digest>         advancedmd: which one an idempotency key has begun
breaker             ADVANCEDMD#<office>   BREAKER                 advancedmd: it does not answer: until when to wait
week's mail         ADVANCEDMD#<office>   WEEK#<monday>           advancedmd: that the summary of a week was sent
log                 ADVANCEDMD#<office>   LOG#<at>#<id>           advancedmd: what was told and taken over
log of a patient    PATIENT#<id>          ADVANCEDMD#LOG#<at>#…   advancedmd: the same rows, to be read alone
migrations          MIGRATIONS            STATE                   scripts/migrate: what was applied, and how far
restore             RESTORE#<export id>   FILES                   scripts/restore, until it is done

question                                  index        key                         sort
----------------------------------------  -----------  --------------------------  ------------------
a doctor's / patient's appointments       by_doctor    DOCTOR#<id>                 start
                                          by_patient   PATIENT#<id>                start
a patient's places in line                by_patient   PATIENT#<id>                QUEUE#<place>#<date>
a location's appointments of a month      by_place     LOCATION#<id>#<yyyy-mm>     start
doctors of a specialty, with schedules    catalogue    DOCTORS                     <specialty>#<name>#<id>
locations, hospitals, services, API keys  catalogue    LOCATIONS | HOSPITALS | …   <name>#<id>
rooms of a location                       catalogue    ROOMS#<location id>         <name>#<id>
what is due                               due          DUE#<shard>                 due_at
which reminders are due                   due          REMIND#<shard>              due_at
which reminders were given up             due          PARKED#<shard>              since when
what is to be told to AdvancedMD          due          OFFICE#<shard>              due_at
what AdvancedMD has told, not dealt with  due          OFFICEINBOX#<shard>         due_at
what people have to decide about it       due          OFFICEWAITS#<shard>         since when
which runs are to be gone through         due          OFFICERUNS#<shard>          due_at
visits we made that it has not told of    due          OFFICEUNHEARD#<office key>  made when
the trail of a thing                      by_thing     <PK of the thing>           SK
what is taken of a resource, a range      (table)      <resource PK>               DAY#<from> … DAY#<to>
all entries of a time, in order           (table)      AUDIT#<date>#0 … 3          <from> … <until>
who stands in a location's queues         (table)      QUEUE#<place>#<date>        ENTRY#…
"""
